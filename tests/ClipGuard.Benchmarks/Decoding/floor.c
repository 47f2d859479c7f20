/*
 * The least that decoding costs: the same FFmpeg calls as the decoders make, straight from C, one thread, nothing checked and nothing told.
 *   cc -O2 floor.c -o floor -lavformat -lavcodec -lswresample -lswscale -lavutil
 *   floor audio ROUNDS FILE...   mono float32 at 16 kHz
 *   floor video ROUNDS FILE...   16 uniform frames of 224x224, by decoding on and counting frames
 * Prints the CPU milliseconds of one decode and the frames decoded in one round.
 */
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RATE = 16000, WANTED = 16, SIDE = 224 };

typedef struct { AVFormatContext *format; AVCodecContext *codec; int stream; AVPacket *packet; AVFrame *frame; int ended; } Clip;

static float samples[RATE * 120];
static uint8_t pixels[WANTED][SIDE * SIDE * 3];
static long frames_decoded;

static int open_clip(Clip *clip, const char *path, enum AVMediaType kind)
{
    const AVCodec *decoder;
    memset(clip, 0, sizeof *clip);
    if (avformat_open_input(&clip->format, path, NULL, NULL) < 0 || avformat_find_stream_info(clip->format, NULL) < 0)
        return 0;
    clip->stream = av_find_best_stream(clip->format, kind, -1, -1, &decoder, 0);
    if (clip->stream < 0)
        return 0;
    for (unsigned i = 0; i < clip->format->nb_streams; i++)
        clip->format->streams[i]->discard = (int)i == clip->stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    clip->codec = avcodec_alloc_context3(decoder);
    avcodec_parameters_to_context(clip->codec, clip->format->streams[clip->stream]->codecpar);
    clip->codec->thread_count = 1;
    clip->packet = av_packet_alloc();
    clip->frame = av_frame_alloc();
    return avcodec_open2(clip->codec, decoder, NULL) >= 0;
}

static int next_frame(Clip *clip)
{
    for (;;) {
        int result = avcodec_receive_frame(clip->codec, clip->frame);
        if (result >= 0) {
            frames_decoded++;
            return 1;
        }
        if (result != AVERROR(EAGAIN) || clip->ended)
            return 0;
        do {
            av_packet_unref(clip->packet);
            result = av_read_frame(clip->format, clip->packet);
        } while (result >= 0 && clip->packet->stream_index != clip->stream);
        clip->ended = result < 0;
        avcodec_send_packet(clip->codec, result < 0 ? NULL : clip->packet);
    }
}

static void close_clip(Clip *clip)
{
    av_frame_free(&clip->frame);
    av_packet_free(&clip->packet);
    avcodec_free_context(&clip->codec);
    avformat_close_input(&clip->format);
}

static void audio(Clip *clip)
{
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    SwrContext *swr = NULL;
    long length = 0;
    uint8_t *out;
    while (next_frame(clip)) {
        if (!swr) {
            swr_alloc_set_opts2(&swr, &mono, AV_SAMPLE_FMT_FLT, RATE, &clip->frame->ch_layout, clip->frame->format, clip->frame->sample_rate, 0, NULL);
            swr_init(swr);
        }
        out = (uint8_t *)(samples + length);
        length += swr_convert(swr, &out, swr_get_out_samples(swr, clip->frame->nb_samples), (const uint8_t **)clip->frame->extended_data, clip->frame->nb_samples);
    }
    out = (uint8_t *)(samples + length);
    swr_convert(swr, &out, swr_get_out_samples(swr, 0), NULL, 0);
    swr_free(&swr);
}

static void video(Clip *clip)
{
    struct SwsContext *sws = NULL;
    long total = clip->format->streams[clip->stream]->nb_frames;
    long number = 0;
    for (int slot = 0; slot < WANTED && next_frame(clip); number++) {
        while (slot < WANTED && number == lrint(slot * (total - 1) / (double)(WANTED - 1))) {
            uint8_t *target[1] = { pixels[slot++] };
            int stride[1] = { SIDE * 3 };
            AVFrame *frame = clip->frame;
            sws = sws_getCachedContext(sws, frame->width, frame->height, frame->format, SIDE, SIDE, AV_PIX_FMT_RGB24, SWS_BICUBIC, NULL, NULL, NULL);
            sws_scale(sws, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, target, stride);
        }
    }
    sws_freeContext(sws);
}

int main(int count, char **arguments)
{
    int is_audio = !strcmp(arguments[1], "audio");
    int rounds = atoi(arguments[2]);
    struct timespec cpu, end;
    av_log_set_level(AV_LOG_QUIET);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    for (int round = 0; round < rounds; round++) {
        for (int i = 3; i < count; i++) {
            Clip clip;
            if (!open_clip(&clip, arguments[i], is_audio ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO))
                return 1;
            (is_audio ? audio : video)(&clip);
            close_clip(&clip);
        }
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    printf("%.6f %ld\n", ((end.tv_sec - cpu.tv_sec) * 1e3 + (end.tv_nsec - cpu.tv_nsec) / 1e6) / rounds / (count - 3), frames_decoded / rounds);
    return 0;
}

using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>
/// Finds out what is in a container whose header was read, without decoding what nobody asked for, and nothing that is larger than allowed.
/// </summary>
internal static unsafe class StreamProbe
{
    // The least that AVFormatContext.probesize may be.
    private const int LeastProbedBytes = 32;

    /// <summary>Discards the streams that are not wanted, and has libavformat look at the others.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="container">The container.</param>
    /// <param name="wanted">The kind of stream that is not discarded; null keeps all but attached pictures.</param>
    public static DecoderFault? Run(DecodeState session, Container container, AVMediaType? wanted)
    {
        session.Marks.Enter(DecodeStage.Probe);
        Discard(container, wanted);
        if (OversizedPicture(session, container.Format) is { } oversized)
        {
            return oversized;
        }

        if (container.IsMov && wanted == AVMediaType.AVMEDIA_TYPE_VIDEO)
        {
            // Otherwise libavformat reads up to five seconds of the video to find the first packet of the audio, which is discarded and never comes.
            container.Format->max_ts_probe = 0;
        }

        int error = FindStreamInfo(session, container);
        ShowWholeSize(container);
        if (wanted == AVMediaType.AVMEDIA_TYPE_AUDIO)
        {
            // FFmpeg opens pictures beside the sound too. They are not decoded, so their size does not matter.
            session.ForgetRefusedSize();
        }

        return error < 0 ? session.FaultOf(error, "The streams could not be recognised")
            : wanted == AVMediaType.AVMEDIA_TYPE_AUDIO ? null
            : OversizedPicture(session, container.Format) ?? session.PixelFault();
    }

    // avformat_find_stream_info may decode an attached picture of any size unless it is discarded before. Streams of an unknown kind stay: they may turn
    // out to be wanted.
    private static void Discard(Container container, AVMediaType? wanted)
    {
        // An attached picture beside a video is not the video, even where it is the larger picture.
        bool hasVideo = container.StreamNumber(AVMediaType.AVMEDIA_TYPE_VIDEO, 0) >= 0;
        for (uint i = 0; i < container.Format->nb_streams; i++)
        {
            AVStream* stream = container.Format->streams[i];
            AVMediaType kind = stream->codecpar->codec_type;
            bool isCover = (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0;
            bool keep = wanted is null ? !isCover : (kind == wanted && !(isCover && hasVideo)) || kind == AVMediaType.AVMEDIA_TYPE_UNKNOWN;

            // A large picture is put together from hundreds, each of them a stream from FFmpeg 7 on.
            keep &= container.Picture is null || !container.Besides.Contains((int)i);
            if (!keep)
            {
                stream->discard = AVDiscard.AVDISCARD_ALL;
            }
        }
    }

    // The stream of a part of a picture says from here on how large the whole picture is.
    private static void ShowWholeSize(Container container)
    {
        if (container.Picture is { Grid: { } grid } && container.StreamNumber(AVMediaType.AVMEDIA_TYPE_VIDEO, 0) is >= 0 and var index)
        {
            AVCodecParameters* codec = container.Format->streams[index]->codecpar;
            (codec->width, codec->height) = (grid.Width, grid.Height);
        }
    }

    // libavformat decodes pictures to learn what their container does not say. Without max_pixels a PNG of 74 bytes costs it 2 s and 2 GB.
    private static int FindStreamInfo(DecodeState session, Container container)
    {
        AVFormatContext* format = container.Format;
        uint streams = format->nb_streams;
        var options = (AVDictionary**)NativeMemory.AllocZeroed(Math.Max(1, streams), (nuint)sizeof(AVDictionary*));
        for (uint i = 0; i < streams; i++)
        {
            _ = ffmpeg.av_dict_set_int(&options[i], "max_pixels", session.Limits.MaxFramePixels, 0);
        }

        // Of samples that are nothing else for certain one packet is enough to know that.
        long probedBytes = format->probesize;
        if (IsPlainWav(container))
        {
            format->probesize = LeastProbedBytes;
        }

        int error = ffmpeg.avformat_find_stream_info(format, options);
        format->probesize = probedBytes;
        for (uint i = 0; i < streams; i++)
        {
            ffmpeg.av_dict_free(&options[i]);
        }

        NativeMemory.Free(options);
        return error;
    }

    private static bool IsPlainWav(Container container) => container.Format->nb_streams == 1 && container.FormatName == "wav"
        && container.Format->streams[0]->codecpar->codec_id == AVCodecID.AV_CODEC_ID_PCM_S16LE && !CompressedAudioInPcmWav.MayBeIn(container.Bytes);

    // The header's size is judged before a decoder allocates memory for the picture.
    private static DecoderFault? OversizedPicture(DecodeState session, AVFormatContext* format)
    {
        for (uint i = 0; i < format->nb_streams; i++)
        {
            AVStream* stream = format->streams[i];
            long width = stream->codecpar->width;
            long height = stream->codecpar->height;
            if (stream->discard < AVDiscard.AVDISCARD_ALL && Container.IsOversized(session, width, height))
            {
                return session.PixelFault(width, height);
            }
        }

        return null;
    }
}

using System.Buffers.Binary;

using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Leaves out what an encoder began with, where FFmpeg is told to cut nothing (<see cref="Track.IsUncut"/>) and says on frames what it would have cut.
/// What it would cut from the end is left to <see cref="AudioFrames"/>, which asks for it once it knows that there is no more.
/// </summary>
/// <param name="track">The track that the frames come from.</param>
internal sealed unsafe class EncoderDelayTrim(Track track)
{
    // The least that a frame of AAC has whose rate was doubled by spectral band replication. The delay is told in samples of its core codec then.
    private const int LeastReplicated = 1920;

    private const int EndOffset = 4;

    private readonly AVRational _unit = track.Stream->time_base;
    private readonly bool _isAac = ffmpeg.avcodec_get_name(track.Stream->codecpar->codec_id) == "aac";
    private long _left;
    private bool _hasJumped;

    /// <summary>Forgets what is left: behind a jump there is no delay, whatever frames say.</summary>
    public void Jump() => (_left, _hasJumped) = (0, true);

    /// <summary>Takes the delay off a frame.</summary>
    /// <param name="frame">The frame, as it came from the decoder.</param>
    /// <returns>False where nothing of it is left.</returns>
    public bool TakeOff(AVFrame* frame)
    {
        _left = _hasJumped ? 0 : Said(frame, 0) * (_isAac && frame->nb_samples >= LeastReplicated ? 2 : 1) ?? _left;
        int delay = (int)Math.Min(_left, frame->nb_samples);
        _left -= delay;
        if (delay == 0 || delay == frame->nb_samples)
        {
            return delay == 0;
        }

        bool isPlanar = ffmpeg.av_sample_fmt_is_planar((AVSampleFormat)frame->format) != 0;
        int channels = frame->ch_layout.nb_channels;
        long bytes = (long)delay * ffmpeg.av_get_bytes_per_sample((AVSampleFormat)frame->format) * (isPlanar ? 1 : channels);
        for (int plane = 0; plane < (isPlanar ? channels : 1); plane++)
        {
            frame->extended_data[plane] += bytes;
        }

        frame->nb_samples -= delay;
        if (frame->best_effort_timestamp != ffmpeg.AV_NOPTS_VALUE)
        {
            frame->best_effort_timestamp += (long)((Int128)delay * _unit.den / ((long)_unit.num * frame->sample_rate));
        }

        return true;
    }

    /// <summary>How many samples at a frame's end are said to be padding, in samples of the frame; 0 where nothing is.</summary>
    public static int PaddingOf(AVFrame* frame) => (int)Math.Min(Said(frame, EndOffset) ?? 0, frame->nb_samples);

    // Two numbers of four bytes: what is to be cut from here on, and what from the end of the frame.
    private static long? Said(AVFrame* frame, int offset)
    {
        AVFrameSideData* skip = ffmpeg.av_frame_get_side_data(frame, AVFrameSideDataType.AV_FRAME_DATA_SKIP_SAMPLES);
        return skip != null && skip->size >= EndOffset + sizeof(uint)
            && BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(skip->data + offset, sizeof(uint))) is var samples and > 0 ? samples : null;
    }
}

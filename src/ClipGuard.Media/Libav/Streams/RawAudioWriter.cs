using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Audio;
using ClipGuard.Media.Libav.Tracks;
using ClipGuard.Media.Streams;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>An audio track as samples of one type, channels alternating.</summary>
internal sealed unsafe class RawAudioWriter : RawStreamWriter
{
    private readonly DecodeState _session;
    private readonly Track _track;
    private SwrContext* _swr;
    private byte* _buffer;
    private int _room;
    private int _frameBytes;
    private (int Format, int RateHz, int Channels) _setting;
    private long _decodedSamples;
    private int _rateHz;

    private RawAudioWriter(DecodeState session, Track track)
        : base(session)
    {
        _session = session;
        _track = track;
        AVCodecParameters* coded = track.Stream->codecpar;
        Shape = new ClipShape { Audio = new AudioShape(coded->sample_rate, coded->ch_layout.nb_channels) };
    }

    /// <inheritdoc/>
    public override ClipShape Shape { get; }

    /// <summary>Opens a clip's audio track.</summary>
    public static DecoderFault? Open(DecodeState session, ClipSource source, out RawStreamWriter? stream)
    {
        stream = null;
        if (Track.Open(session, source, AVMediaType.AVMEDIA_TYPE_AUDIO, number: null, out Track? track) is { } fault)
        {
            return fault;
        }

        stream = new RawAudioWriter(session, track!);
        return null;
    }

    /// <inheritdoc/>
    public override DecoderFault? Write(StreamFormat format, StreamSink sink)
    {
        var audio = (AudioFormat)format;
        _frameBytes = audio.Shape.Channels * (audio.Sample == AudioSampleType.Float32 ? sizeof(float) : sizeof(short));
        AVFrame* frame = ffmpeg.av_frame_alloc();
        try
        {
            int error = 0;
            while (error >= 0 && _track.Next(frame))
            {
                if (frame->decode_error_flags != 0 || (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0)
                {
                    return _session.Fault(FaultKind.Corrupt, $"The audio is damaged after {Frames} samples.");
                }

                _decodedSamples += frame->nb_samples;
                _rateHz = frame->sample_rate;
                if (_session.Limits.MaxDuration is { } max && _decodedSamples > max.TotalSeconds * _rateHz)
                {
                    return TooLong("audio", max);
                }

                error = Prepare(frame, audio, sink);
                error = error < 0 ? error : Convert(frame->extended_data, frame->nb_samples, sink);
                ffmpeg.av_frame_unref(frame);
                _session.Marks.Enter(DecodeStage.Decode);
                if (sink.ReaderLeft || sink.Error is not null)
                {
                    return null;
                }
            }

            error = error < 0 || _swr == null ? error : Convert(null, 0, sink);
            return error < 0 ? _session.FaultOf(error, "The audio could not be resampled") : Judge(sink);
        }
        finally
        {
            ffmpeg.av_frame_free(&frame);
        }
    }

    public override void Dispose()
    {
        CloseResampler();
        NativeMemory.Free(_buffer);
        _track.Dispose();
    }

    // A clip whose format changes on the way gets a new resampler, after the old one has given what it still holds.
    private int Prepare(AVFrame* frame, AudioFormat audio, StreamSink sink)
    {
        var setting = (frame->format, frame->sample_rate, frame->ch_layout.nb_channels);
        if (_swr != null && setting == _setting)
        {
            return 0;
        }

        int error = _swr == null ? 0 : Convert(null, 0, sink);
        CloseResampler();
        _setting = setting;
        AVChannelLayout output;
        ffmpeg.av_channel_layout_default(&output, audio.Shape.Channels);
        AVSampleFormat sample = audio.Sample == AudioSampleType.Float32 ? AVSampleFormat.AV_SAMPLE_FMT_FLT : AVSampleFormat.AV_SAMPLE_FMT_S16;
        SwrContext* swr = null;
        error = error < 0
            ? error
            : ffmpeg.swr_alloc_set_opts2(
                &swr,
                &output,
                sample,
                audio.Shape.SampleRateHz,
                FieldAddress.Of(ref frame->ch_layout),
                (AVSampleFormat)frame->format,
                frame->sample_rate,
                0,
                null);
        _swr = swr;
        ffmpeg.av_channel_layout_uninit(&output);
        return error < 0 ? error : ffmpeg.swr_init(_swr);
    }

    private int Convert(byte** input, int samples, StreamSink sink)
    {
        _session.Marks.Enter(DecodeStage.Convert);
        int room = ffmpeg.swr_get_out_samples(_swr, samples);
        if (room < 0)
        {
            return room;
        }

        if (room > _room)
        {
            _buffer = (byte*)NativeMemory.Realloc(_buffer, (nuint)((long)room * _frameBytes));
            _room = room;
        }

        byte* output = _buffer;
        int written = ffmpeg.swr_convert(_swr, &output, room, input, samples);
        if (written > 0)
        {
            _session.Marks.Enter(DecodeStage.Write);
            _ = sink.Write(_buffer, (long)written * _frameBytes);
            Frames = sink.Bytes / _frameBytes;
        }

        return Math.Min(0, written);
    }

    private DecoderFault? Judge(StreamSink sink) => sink.ReaderLeft || sink.Error is not null
        ? null
        : _track.ReadingBrokeOff is { } error ? _session.FaultOf(ffmpeg.AVERROR_INVALIDDATA, $"The file breaks off before its end ({error})")
        : _track.RefusedPackets > 0 ? _session.Fault(FaultKind.Corrupt, $"The decoder refused {_track.RefusedPackets} of {_track.Packets} audio packets.")
        : Frames == 0 ? _session.Fault(FaultKind.Corrupt, "The audio stream has no samples.")
        : JudgeLength();

    // Several demuxers report the end of a truncated file as the clip's end, so the length is compared with the header's, as in a decode.
    private DecoderFault? JudgeLength()
    {
        var end = AudioDamageEvidence.Of(_track, _track.RefusedPackets, _track.MarkedPackets);
        var damage = new AudioDamage(_rateHz, DeclaredDuration.Samples(_track, _rateHz));
        return damage.Judge(_session, end, from: 0, wantedTo: long.MaxValue, _decodedSamples);
    }

    private void CloseResampler()
    {
        SwrContext* swr = _swr;
        ffmpeg.swr_free(&swr);
        _swr = null;
    }
}

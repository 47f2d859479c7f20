using ClipGuard.Media.Libav.Bytes;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>A time range of a clip's audio, exact to the sample, decoded by a decoder that was loaded from an assembly.</summary>
internal sealed unsafe class PlugInAudioDecode : IDisposable
{
    // Of all channels together.
    private const int BlockElements = 16_384;

    private readonly DecodeState _session;
    private readonly IAudioTrack _track;
    private readonly AVFrame* _frame = ffmpeg.av_frame_alloc();
    private bool _hasRead;

    private PlugInAudioDecode(DecodeState session, IAudioTrack track)
    {
        _session = session;
        _track = track;
    }

    private AudioTrackShape Shape => new(_track.SampleRateHz, _track.Channels, _track.DeclaredSamples);

    public static DecodeAnswer Run(DecodeState session, AudioSpec spec, IAudioDecoder decoder)
    {
        if (ClipBytes.Open(session, session.Request.Source, out ClipBytes? bytes) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        session.WasRead = true;
        using var stream = new PlugInByteStream(session, bytes!);
        try
        {
            using IAudioTrack track = decoder.Open(stream, bytes!.Name);
            if (Refuse(session, spec, track) is { } refused)
            {
                return new DecodeAnswer(refused);
            }

            using var decode = new PlugInAudioDecode(session, track);
            return spec.Windows is null ? decode.DecodeRange(spec) : decode.DecodeWindows(spec);
        }
        catch (NotSupportedException error)
        {
            return new DecodeAnswer(session.Fault(FaultKind.Unsupported, error.Message));
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            return new DecodeAnswer(session.ReadFault ?? session.Fault(FaultKind.Corrupt, error.Message));
        }
    }

    public void Dispose()
    {
        AVFrame* frame = _frame;
        ffmpeg.av_frame_free(&frame);
    }

    private DecodeAnswer DecodeRange(AudioSpec spec)
    {
        using var range = new AudioRangeWriter(_session, spec, _session.Payload, _track.SampleRateHz, _track.Channels, _track.DeclaredSamples);
        DecoderFault? fault = range.Begin() ?? JudgeClaim(range) ?? Read(range) ?? range.Finish(new AudioDamageEvidence(FrameSamples: 1));
        return fault is null ? new DecodeAnswer(range.Clip) : new DecodeAnswer(fault);
    }

    private DecodeAnswer DecodeWindows(AudioSpec spec)
    {
        using var windows = new AudioWindowSet(_session, spec, Shape);
        DecoderFault? fault = AudioRangeWriter.Refuse(_session, Shape) ?? windows.Place(_track.DeclaredSamples ?? Count());
        while (fault is null && windows.NextBegin is not null)
        {
            fault = Read(windows.Open()) ?? windows.Close(new AudioDamageEvidence(FrameSamples: 1));
        }

        return fault is null ? new DecodeAnswer(windows.Clip) : new DecodeAnswer(fault);
    }

    // A decoder that cannot tell a track's length has to be read to its end for it.
    private long Count()
    {
        float[] block = NewBlock();
        long samples = 0;
        for (int elements; (elements = Next(block)) > 0; samples += elements / _track.Channels)
        {
        }

        _hasRead = true;
        return samples;
    }

    private static DecoderFault? Refuse(DecodeState session, AudioSpec spec, IAudioTrack track)
    {
        DecodeLimits limits = session.Limits;
        return limits.AllowedFormats is { } formats && !formats.Contains(track.Format)
                ? session.Fault(FaultKind.Unsupported, $"The format {track.Format} is not among those allowed: {string.Join(", ", formats)}.")
            : limits.AllowedCodecs is { } codecs && !codecs.Contains(track.Codec)
                ? session.Fault(FaultKind.Unsupported, $"The codec {track.Codec} is not among those allowed: {string.Join(", ", codecs)}.")
            : spec.Track is { } number && number != 0
                ? session.Fault(FaultKind.Unsupported, $"There is no audio stream number {number}; the {track.Format} file holds {track.Codec}.")
            : track.SampleRateHz <= 0 || track.Channels <= 0
                ? session.Fault(FaultKind.Corrupt, $"The header has {track.Channels} channels at {track.SampleRateHz} Hz.")
            : null;
    }

    // A header that lies is found out by reading: only a length that the file bears out is too much before the work.
    private DecoderFault? JudgeClaim(AudioRangeWriter range)
    {
        if (_track.DeclaredSamples is not { } promised || range.TooMuch(promised) is not { } tooMuch)
        {
            return null;
        }

        _session.Marks.Enter(DecodeStage.Seek);
        bool isBorneOut = _track.Seek(promised - 1) == promised - 1 && _track.Read(NewBlock()) > 0;
        _ = _track.Seek(0);
        return isBorneOut ? tooMuch : null;
    }

    private float[] NewBlock() => new float[Math.Max(1, BlockElements / _track.Channels) * _track.Channels];

    private DecoderFault? Read(AudioRangeWriter range)
    {
        if (range.From > 0 || _hasRead)
        {
            _session.Marks.Enter(DecodeStage.Seek);
            range.Position = _track.Seek(range.From);
        }

        _hasRead = true;

        int channels = _track.Channels;
        float[] block = NewBlock();
        fixed (float* start = block)
        {
            DescribeFrame(start);
            while (!range.IsWhole && Next(block) is > 0 and var elements)
            {
                _frame->nb_samples = elements / channels;
                if (range.Take(_frame, _frame->nb_samples) is { } fault)
                {
                    return fault;
                }
            }
        }

        return null;
    }

    private int Next(Span<float> block)
    {
        if (_session.ShouldStop())
        {
            return 0;
        }

        _session.Marks.Enter(DecodeStage.Decode);
        int elements = _track.Read(block);
        if (elements > 0)
        {
            _session.Marks.AddPacket();
            _session.Marks.AddFrame();
        }

        return elements;
    }

    // The frame points to memory of ours. FFmpeg's resampler only reads it, and freeing the frame does not free that memory.
    private void DescribeFrame(float* samples)
    {
        _frame->format = (int)AVSampleFormat.AV_SAMPLE_FMT_FLT;
        _frame->sample_rate = _track.SampleRateHz;
        _frame->data[0] = (byte*)samples;
        _frame->extended_data = (byte**)&_frame->data;
        ffmpeg.av_channel_layout_default(FieldAddress.Of(ref _frame->ch_layout), _track.Channels);
    }
}

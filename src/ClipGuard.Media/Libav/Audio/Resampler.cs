using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Turns decoded samples into float32 at one sample rate and in the wanted channels, written straight into the payload.
/// A clip whose format changes on the way gets a new resampler at each change. Owns libswresample's context.
/// </summary>
/// <param name="payload">Where the samples go.</param>
/// <param name="spec">Rate, channels and quality.</param>
/// <param name="sourceRateHz">The track's own sample rate.</param>
/// <param name="sourceChannels">The track's own number of channels.</param>
internal sealed unsafe class Resampler(PayloadBuffer payload, AudioSpec spec, int sourceRateHz, int sourceChannels) : IDisposable
{
    /// <summary>Not one of FFmpeg's errors: the payload is full.</summary>
    public const int PayloadFull = 1;

    private const int MaxPlanes = 64;

    private readonly int _channels = spec.Channels == AudioChannels.Mono ? 1 : sourceChannels;
    private readonly GrowingChannelPlanes _planes = new(payload, spec.Channels == AudioChannels.Mono ? 1 : sourceChannels);
    private SwrContext* _swr;
    private AVSampleFormat _format;
    private int _rateHz;
    private AVChannelLayout _layout;
    private long _earlierSamples;
    private long _samplesIn;

    /// <summary>Samples a second of the result.</summary>
    public int TargetRateHz { get; } = spec.SampleRateHz == AudioSpec.NativeRate ? sourceRateHz : spec.SampleRateHz;

    /// <summary>Channels of the result.</summary>
    public int Channels => _channels;

    /// <summary>Samples of each channel in the result.</summary>
    public long Length => _planes.Length;

    /// <summary>Converts a range of a frame's samples.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="first">Its first sample that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    /// <returns>0, a negative error of FFmpeg's, or <see cref="PayloadFull"/>.</returns>
    public int Convert(AVFrame* frame, int first, int count)
    {
        int error = Prepare(frame);
        if (error != 0)
        {
            return error;
        }

        _samplesIn += count;
        if (first == 0)
        {
            return Run(frame->extended_data, count);
        }

        int planes = ffmpeg.av_sample_fmt_is_planar(_format) != 0 ? frame->ch_layout.nb_channels : 1;
        int step = ffmpeg.av_get_bytes_per_sample(_format) * (planes > 1 ? 1 : frame->ch_layout.nb_channels);
        byte** input = stackalloc byte*[planes];
        for (int i = 0; i < planes; i++)
        {
            input[i] = frame->extended_data[i] + ((long)first * step);
        }

        return Run(input, count);
    }

    /// <summary>
    /// Writes what the filter still holds and brings the result to its exact length, ceil(samples · target ÷ source). A resampler gives a few samples more
    /// or fewer, depending on where its filter ends; librosa.resample cuts or fills with zeros to that length, and so does this.
    /// </summary>
    public int Finish()
    {
        int error = Flush();
        return error != 0 ? error : _planes.Close(_earlierSamples + Ceiling(_samplesIn)) ? 0 : PayloadFull;
    }

    public void Dispose()
    {
        SwrContext* swr = _swr;
        ffmpeg.swr_free(&swr);
        _swr = null;
        fixed (AVChannelLayout* layout = &_layout)
        {
            ffmpeg.av_channel_layout_uninit(layout);
        }
    }

    private int Flush() => _swr == null ? 0 : Run(null, 0);

    private int Prepare(AVFrame* frame)
    {
        fixed (AVChannelLayout* layout = &_layout)
        {
            if (_swr != null && _format == (AVSampleFormat)frame->format && _rateHz == frame->sample_rate
                && ffmpeg.av_channel_layout_compare(layout, FieldAddress.Of(ref frame->ch_layout)) == 0)
            {
                return 0;
            }

            int error = Flush();
            if (error != 0)
            {
                return error;
            }

            Dispose();
            _earlierSamples += Ceiling(_samplesIn);
            _samplesIn = 0;
            _format = (AVSampleFormat)frame->format;
            _rateHz = frame->sample_rate;
            error = ffmpeg.av_channel_layout_copy(layout, FieldAddress.Of(ref frame->ch_layout));
            return error < 0 ? error : Open(layout);
        }
    }

    private int Open(AVChannelLayout* input)
    {
        AVChannelLayout output;
        int error = 0;
        if (_channels == input->nb_channels)
        {
            output = default;
            error = ffmpeg.av_channel_layout_copy(&output, input);
        }
        else
        {
            ffmpeg.av_channel_layout_default(&output, _channels);
        }

        SwrContext* swr = null;
        error = error < 0
            ? error
            : ffmpeg.swr_alloc_set_opts2(&swr, &output, AVSampleFormat.AV_SAMPLE_FMT_FLTP, TargetRateHz, input, _format, _rateHz, 0, null);
        ffmpeg.av_channel_layout_uninit(&output);
        _swr = swr;
        if (error >= 0 && spec.Resampler == AudioResampler.Soxr)
        {
            error = ffmpeg.av_opt_set(_swr, "resampler", "soxr", 0);
        }

        if (error >= 0 && _channels == 1 && input->nb_channels > 1)
        {
            error = TakeMean(input->nb_channels);
        }

        return error < 0 ? error : Math.Min(0, ffmpeg.swr_init(_swr));
    }

    // libswresample's own downmix weighs channels for listening and drops the low-frequency one; librosa's to_mono, which training expects, is the mean of all.
    private int TakeMean(int inputs)
    {
        double* matrix = stackalloc double[inputs];
        new Span<double>(matrix, inputs).Fill(1.0 / inputs);
        return ffmpeg.swr_set_matrix(_swr, matrix, inputs);
    }

    private int Run(byte** input, int samples)
    {
        int room = ffmpeg.swr_get_out_samples(_swr, samples);
        if (room < 0)
        {
            return room;
        }

        if (!_planes.Reserve(room))
        {
            return PayloadFull;
        }

        byte** output = stackalloc byte*[MaxPlanes];
        for (int i = 0; i < _channels; i++)
        {
            output[i] = _planes.Next(i);
        }

        int written = ffmpeg.swr_convert(_swr, output, room, input, samples);
        _planes.Add(Math.Max(0, written));
        return Math.Min(0, written);
    }

    private long Ceiling(long samples) => _rateHz == 0 ? 0 : (long)((((Int128)samples * TargetRateHz) + _rateHz - 1) / _rateHz);
}

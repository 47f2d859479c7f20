using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Turns decoded frames into mono float32 at one sample rate, written straight into the payload. A clip whose format changes
/// on the way gets a new resampler at each change. Owns libswresample's context.
/// </summary>
internal sealed unsafe class Resampler(PayloadWriter payload, int targetRateHz) : IDisposable
{
    private SwrContext* _swr;
    private AVSampleFormat _format;
    private int _channels;
    private int _rateHz;
    private AVChannelLayout _layout;
    private long _earlierSamples;
    private long _samplesIn;

    /// <summary>How long the result is to be: ceil(samples · target rate ÷ source rate), as librosa has it.</summary>
    public long ExpectedSamples => _earlierSamples + Ceiling(_samplesIn);

    /// <summary>Converts a frame.</summary>
    /// <returns>0, a negative error of FFmpeg's, or 1 where the payload is full.</returns>
    public int Convert(AVFrame* frame)
    {
        int error = Prepare(frame);
        if (error != 0)
        {
            return error;
        }

        _samplesIn += frame->nb_samples;
        return Run(frame->extended_data, frame->nb_samples);
    }

    /// <summary>Writes what the filter still holds.</summary>
    public int Flush() => _swr == null ? 0 : Run(null, 0);

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

    private int Prepare(AVFrame* frame)
    {
        fixed (AVChannelLayout* layout = &_layout)
        {
            if (_swr != null && _format == (AVSampleFormat)frame->format && _rateHz == frame->sample_rate && ffmpeg.av_channel_layout_compare(layout, &frame->ch_layout) == 0)
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
            _channels = frame->ch_layout.nb_channels;
            error = ffmpeg.av_channel_layout_copy(layout, &frame->ch_layout);
            return error < 0 ? error : Open(layout);
        }
    }

    private int Open(AVChannelLayout* input)
    {
        AVChannelLayout mono;
        ffmpeg.av_channel_layout_default(&mono, 1);
        SwrContext* swr = null;
        int error = ffmpeg.swr_alloc_set_opts2(&swr, &mono, AVSampleFormat.AV_SAMPLE_FMT_FLT, targetRateHz, input, _format, _rateHz, 0, null);
        _swr = swr;
        if (error < 0)
        {
            return error;
        }

        if (_channels > 1)
        {
            // libswresample's own downmix weighs channels as a listener would and leaves the low-frequency one out; training takes the mean.
            double[] mean = new double[_channels];
            Array.Fill(mean, 1.0 / _channels);
            fixed (double* matrix = mean)
            {
                error = ffmpeg.swr_set_matrix(_swr, matrix, _channels);
            }
        }

        return error < 0 ? error : Math.Min(0, ffmpeg.swr_init(_swr));
    }

    private int Run(byte** input, int samples)
    {
        int room = ffmpeg.swr_get_out_samples(_swr, samples);
        if (room < 0)
        {
            return room;
        }

        long before = payload.Length;
        if (!payload.TryTake((long)room * sizeof(float), out byte* memory))
        {
            return 1;
        }

        int written = ffmpeg.swr_convert(_swr, &memory, room, input, samples);
        payload.Trim(before + (Math.Max(0, written) * (long)sizeof(float)));
        return Math.Min(0, written);
    }

    private long Ceiling(long samples) => _rateHz == 0 ? 0 : (long)((((Int128)samples * targetRateHz) + _rateHz - 1) / _rateHz);
}

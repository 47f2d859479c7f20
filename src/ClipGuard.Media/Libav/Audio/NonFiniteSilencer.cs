using System.Runtime.Intrinsics;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// Samples that are no numbers, or infinite.
/// A resampler would spread each over its neighbours, and a model that learns from one never recovers: they are told as damage, and silence takes their place.
/// </summary>
internal static unsafe class NonFiniteSilencer
{
    private const uint FloatSign = 0x7FFF_FFFF;
    private const uint FloatInfinity = 0x7F80_0000;

    /// <summary>Puts silence in place of samples that are no numbers.</summary>
    /// <param name="frame">A frame of which nobody else needs the samples; of integers nothing is done.</param>
    /// <param name="first">The first sample of each channel that is looked at.</param>
    /// <param name="count">How many are.</param>
    /// <param name="at">The first sample that was no number; meaningless where none was.</param>
    /// <returns>How many samples were none, of the channel that has most.</returns>
    public static int Silence(AVFrame* frame, int first, int count, out int at)
    {
        at = int.MaxValue;
        bool isDouble = (AVSampleFormat)frame->format is AVSampleFormat.AV_SAMPLE_FMT_DBL or AVSampleFormat.AV_SAMPLE_FMT_DBLP;
        if (!isDouble && (AVSampleFormat)frame->format is not (AVSampleFormat.AV_SAMPLE_FMT_FLT or AVSampleFormat.AV_SAMPLE_FMT_FLTP))
        {
            return 0;
        }

        bool isPlanar = ffmpeg.av_sample_fmt_is_planar((AVSampleFormat)frame->format) != 0;
        int channels = frame->ch_layout.nb_channels;
        int step = isPlanar ? 1 : channels;
        int most = 0;
        for (int plane = 0; plane < (isPlanar ? channels : 1); plane++)
        {
            byte* start = frame->extended_data[plane];
            if (isDouble)
            {
                most = Math.Max(most, Silence(new Span<double>((double*)start + ((long)first * step), count * step), step, ref at));
            }
            else
            {
                most = Math.Max(most, Silence(new Span<float>((float*)start + ((long)first * step), count * step), step, ref at));
            }
        }

        at += first;
        return most;
    }

    /// <summary>True where all are finite numbers. Every sample of every clip passes here, so that it takes four registers' worth at a time.</summary>
    public static bool AreNone(ReadOnlySpan<float> samples)
    {
        const int Lanes = 4;
        bool areFinite;
        int at = 0;
        fixed (float* start = samples)
        {
            uint* bits = (uint*)start;
            var sign = Vector128.Create(FloatSign);
            Vector128<uint> first = Vector128<uint>.Zero, second = first, third = first, fourth = first;
            for (int end = samples.Length & ~((4 * Lanes) - 1); at < end; at += 4 * Lanes)
            {
                first = Vector128.Max(first, Vector128.Load(bits + at) & sign);
                second = Vector128.Max(second, Vector128.Load(bits + at + Lanes) & sign);
                third = Vector128.Max(third, Vector128.Load(bits + at + (2 * Lanes)) & sign);
                fourth = Vector128.Max(fourth, Vector128.Load(bits + at + (3 * Lanes)) & sign);
            }

            Vector128<uint> most = Vector128.Max(Vector128.Max(first, second), Vector128.Max(third, fourth));
            areFinite = Vector128.LessThanAll(most, Vector128.Create(FloatInfinity));
            for (; at < samples.Length; at++)
            {
                areFinite &= (bits[at] & FloatSign) < FloatInfinity;
            }
        }

        return areFinite;
    }

    private static int Silence(Span<float> samples, int step, ref int first)
    {
        if (AreNone(samples))
        {
            return 0;
        }

        int count = 0;
        int last = -1;
        for (int i = 0; i < samples.Length; i++)
        {
            if (!float.IsFinite(samples[i]))
            {
                samples[i] = 0;
                Count(i / step, ref first, ref last, ref count);
            }
        }

        return count;
    }

    private static int Silence(Span<double> samples, int step, ref int first)
    {
        int count = 0;
        int last = -1;
        for (int i = 0; i < samples.Length; i++)
        {
            // The samples become floats of 32 bits, in which there is less room.
            if (!float.IsFinite((float)samples[i]))
            {
                samples[i] = 0;
                Count(i / step, ref first, ref last, ref count);
            }
        }

        return count;
    }

    private static void Count(int sample, ref int first, ref int last, ref int count)
    {
        first = Math.Min(first, sample);
        count += sample > last ? 1 : 0;
        last = sample;
    }
}

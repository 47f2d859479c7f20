using System.Runtime.InteropServices;

using ClipGuard.Media;

using NAudio.Wave;

namespace ClipGuard.Audio;

/// <summary>
/// A decoded clip as NAudio's source of samples: float32, the channels interleaved, at the clip's rate. It can be read again from any position.
/// It owns a copy of the samples, so that the decode may be disposed.
/// </summary>
public sealed class ClipSampleProvider : ISampleProvider
{
    private readonly float[] _interleaved;
    private int _position;

    /// <summary>A source over a clip's samples.</summary>
    /// <param name="clip">Audio: float32, shape <c>[channels, samples]</c>.</param>
    /// <param name="payload">Its bytes, as a decode's outcome gives them; copied.</param>
    /// <exception cref="ArgumentException">The clip is not audio, or the bytes are not as many as its shape says.</exception>
    public ClipSampleProvider(DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (clip is not { Element: ElementType.Float32, Shape: [> 0 and var channels, var samples], SampleRateHz: > 0 })
        {
            throw new ArgumentException($"The clip is no audio: {clip.Element} [{string.Join(", ", clip.Shape)}] at {clip.SampleRateHz} Hz.", nameof(clip));
        }

        if (payload.Length != clip.PayloadBytes())
        {
            throw new ArgumentException($"There are {payload.Length} bytes, and the clip's shape comes to {clip.PayloadBytes()}.", nameof(payload));
        }

        WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(clip.SampleRateHz, channels);
        _interleaved = Interleave(MemoryMarshal.Cast<byte, float>(payload), channels, samples);
    }

    /// <inheritdoc/>
    public WaveFormat WaveFormat { get; }

    /// <summary>Samples of each channel.</summary>
    public int Length => _interleaved.Length / WaveFormat.Channels;

    /// <summary>The sample of each channel that is read next, 0 to <see cref="Length"/>.</summary>
    public int Position
    {
        get => _position / WaveFormat.Channels;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Length);
            _position = value * WaveFormat.Channels;
        }
    }

    /// <inheritdoc/>
    public int Read(Span<float> buffer)
    {
        int count = Math.Min(buffer.Length, _interleaved.Length - _position);
        _interleaved.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    private static float[] Interleave(ReadOnlySpan<float> planes, int channels, int samples)
    {
        float[] interleaved = new float[planes.Length];
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<float> plane = planes.Slice(channel * samples, samples);
            for (int i = 0; i < samples; i++)
            {
                interleaved[(i * channels) + channel] = plane[i];
            }
        }

        return interleaved;
    }
}

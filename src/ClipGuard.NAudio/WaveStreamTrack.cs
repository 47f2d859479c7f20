using ClipGuard.Media;

using NAudio.Wave;

namespace ClipGuard.Audio;

/// <summary>A file that one of NAudio's readers has open, as float samples. Owns the reader.</summary>
internal sealed class WaveStreamTrack : IAudioTrack
{
    private readonly WaveStream _reader;
    private readonly ISampleProvider _samples;

    /// <summary>A track over a reader whose format was found to be one of those that can be turned into float.</summary>
    public WaveStreamTrack(WaveStream reader, string format, string codec, long? promisedBytes)
    {
        WaveFormat wave = reader.WaveFormat;
        if (wave.BlockAlign != wave.Channels * (wave.BitsPerSample / 8) || reader.Length < 0)
        {
            throw new InvalidDataException(
                $"The header contradicts itself: {wave.Channels} channels of {wave.BitsPerSample} bits in blocks of {wave.BlockAlign} bytes, "
                + $"{reader.Length} bytes in all.");
        }

        _reader = reader;
        _samples = reader.ToSampleProvider();
        Format = format;
        Codec = codec;
        DeclaredSamples = promisedBytes / wave.BlockAlign;
    }

    public string Format { get; }

    public string Codec { get; }

    public int SampleRateHz => _reader.WaveFormat.SampleRate;

    public int Channels => _reader.WaveFormat.Channels;

    public long? DeclaredSamples { get; }

    public long Seek(long sample)
    {
        int block = _reader.WaveFormat.BlockAlign;
        _reader.Position = Math.Min(sample, _reader.Length / block) * block;
        return _reader.Position / block;
    }

    // Rounded down to whole blocks: where a file ends within a block NAudio gives part of it.
    public int Read(Span<float> interleaved) => _samples.Read(interleaved) / Channels * Channels;

    public void Dispose() => _reader.Dispose();
}

using System.Runtime.InteropServices;

namespace ClipGuard.Cli.Parity;

/// <summary>Samples that come piece by piece, channels alternating, beside samples that are there, one channel after the other.</summary>
/// <param name="channels">Channels of both.</param>
/// <param name="samples">Samples of each channel that are there.</param>
internal sealed class AudioComparison(int channels, int samples)
{
    private readonly byte[] _rest = new byte[sizeof(float)];
    private int _restBytes;
    private long _elements;

    /// <summary>Samples of each channel that have come.</summary>
    public long There => _elements / channels;

    /// <summary>How far two samples are apart at most.</summary>
    public double Apart { get; private set; }

    /// <summary>Takes the next piece; it may end within a sample.</summary>
    public void Add(ReadOnlySpan<byte> piece, ReadOnlySpan<float> ours)
    {
        while (_restBytes > 0 && !piece.IsEmpty)
        {
            _rest[_restBytes++] = piece[0];
            piece = piece[1..];
            if (_restBytes == sizeof(float))
            {
                _restBytes = 0;
                Compare(MemoryMarshal.Cast<byte, float>(_rest), ours);
            }
        }

        Compare(MemoryMarshal.Cast<byte, float>(piece), ours);
        ReadOnlySpan<byte> left = piece[(piece.Length - (piece.Length % sizeof(float)))..];
        if (_restBytes == 0)
        {
            left.CopyTo(_rest);
            _restBytes = left.Length;
        }
    }

    private void Compare(ReadOnlySpan<float> theirs, ReadOnlySpan<float> ours)
    {
        foreach (float value in theirs)
        {
            long sample = Math.DivRem(_elements++, channels, out long channel);
            if (sample < samples)
            {
                float own = ours[(int)((channel * samples) + sample)];
                double apart = Math.Abs((double)own - value);
                Apart = float.IsNaN(own) && float.IsNaN(value) ? Apart : double.IsNaN(apart) ? double.PositiveInfinity : Math.Max(Apart, apart);
            }
        }
    }
}

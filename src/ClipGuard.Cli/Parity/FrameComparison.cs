namespace ClipGuard.Cli.Parity;

/// <summary>Frames that come piece by piece, all of them, beside some that are there.</summary>
internal sealed class FrameComparison
{
    private readonly int _frameBytes;
    private readonly ILookup<long, int> _ours;
    private long _bytes;

    /// <summary>A comparison that has seen nothing yet.</summary>
    /// <param name="frameBytes">Bytes of a frame, in both.</param>
    /// <param name="partners">Of each frame that is there the number of the one that it is compared with.</param>
    public FrameComparison(int frameBytes, IReadOnlyList<int> partners)
    {
        _frameBytes = frameBytes;
        _ours = partners.Select((partner, own) => (Partner: (long)partner, Own: own)).ToLookup(pair => pair.Partner, pair => pair.Own);
    }

    /// <summary>Whole frames that have come.</summary>
    public long There => _bytes / _frameBytes;

    /// <summary>How far two values are apart at most, in steps of 255.</summary>
    public int Apart { get; private set; }

    /// <summary>Takes the next piece; it may end within a frame.</summary>
    public void Add(ReadOnlySpan<byte> piece, ReadOnlySpan<byte> ours)
    {
        while (!piece.IsEmpty)
        {
            long frame = Math.DivRem(_bytes, _frameBytes, out long within);
            int count = (int)Math.Min(piece.Length, _frameBytes - within);
            foreach (int own in _ours[frame])
            {
                Compare(piece[..count], ours.Slice((int)((own * (long)_frameBytes) + within), count));
            }

            _bytes += count;
            piece = piece[count..];
        }
    }

    private void Compare(ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> ours)
    {
        for (int i = 0; i < theirs.Length; i++)
        {
            Apart = Math.Max(Apart, Math.Abs(theirs[i] - ours[i]));
        }
    }
}

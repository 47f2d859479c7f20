using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.Helpers.Pooling;

namespace ClipGuard.Supervision;

/// <summary>A clip whose bytes lie in its helper's memory.</summary>
internal sealed unsafe class DeliveredOutcome : DecodeOutcome
{
    private readonly HelperPool _pool;
    private readonly Helper _helper;
    private readonly byte* _start;
    private readonly int _length;
    private readonly long _used;
    private int _disposed;

    public DeliveredOutcome(HelperPool pool, Helper helper, Attempt attempt, DecodedClip clip, TimeSpan elapsed)
        : base(clip, fault: null, elapsed)
    {
        _pool = pool;
        _helper = helper;
        _start = helper.Process.Memory.Payload + attempt.OutputOffset;
        _length = checked((int)clip.PayloadBytes());
        WaitedForBytes = TimeSpan.FromTicks(attempt.Spent.Waited / TimeSpan.NanosecondsPerTick);
        BytesRead = attempt.BytesRead;
        _used = attempt.OutputOffset + FrameTimesBlock.End(_length, clip.FrameTimesSeconds.Count);
    }

    /// <summary>How long the helper waited for the clip's bytes, as it tells.</summary>
    public TimeSpan WaitedForBytes { get; }

    /// <summary>Encoded bytes that it read, as it tells.</summary>
    public long BytesRead { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Payload
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return new ReadOnlySpan<byte>(_start, _length);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _pool.Release(_helper, _used);
        }
    }
}

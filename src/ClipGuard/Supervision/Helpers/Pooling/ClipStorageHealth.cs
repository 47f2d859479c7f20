using System.Diagnostics;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// The storage that clips lie on, as decodes that read it show it: whether it answers, and whether more such decodes may begin. Pure.
/// </summary>
/// <param name="limit">How long it may be silent before it is given up, in nanoseconds.</param>
internal sealed class ClipStorageHealth(long limit)
{
    private readonly StorageCircuitBreaker _breaker = new(limit);

    // Decodes that go on and read it: 0 ≤ _reading ≤ leases. Those of helpers that are stuck in the kernel have ended, and do not count.
    private int _reading;

    // When a decode last had an answer of it; 0 where none had.
    private long _answeredAt;

    /// <summary>True from the first decode that waited in vain to the next answer.</summary>
    public bool IsSilent => _breaker.IsSilent;

    /// <summary>Whether a decode may be dispatched now.</summary>
    public bool MayDispatch(Attempt attempt) => !attempt.ReadsStorage || _breaker.MayDispatch(_reading);

    /// <summary>Whether it has answered a decode after a moment.</summary>
    public bool HasAnsweredSince(long moment) => _answeredAt > moment;

    /// <summary>A helper has been given a decode.</summary>
    public void Began(Attempt attempt) => _reading += attempt.ReadsStorage ? 1 : 0;

    /// <summary>A decode has come to something.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="result">What came of it; null where its caller gave up.</param>
    /// <param name="now">The moment.</param>
    /// <returns>True where the storage has been silent for the limit.</returns>
    public bool Ended(Attempt attempt, AttemptResult? result, long now)
    {
        if (!attempt.ReadsStorage)
        {
            return false;
        }

        _reading--;
        Debug.Assert(_reading >= 0, "Whoever ends has begun.");
        switch (result)
        {
            case AttemptResult.Delivered or AttemptResult.Faulted { IsFinding: true }:
                _breaker.Answered();
                _answeredAt = now;
                return false;
            case AttemptResult.Unsettled { WaitedForStorage: true }:
                return _breaker.Waited(now);
            default:
                return false;
        }
    }
}

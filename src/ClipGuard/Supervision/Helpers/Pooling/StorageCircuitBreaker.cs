namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// Whether the storage that clips lie on answers, as far as decodes have shown. Once one had to be ended because it waited for its bytes, decodes that read
/// storage are dispatched one at a time: more of them would only wait side by side, and that one shows when the storage answers again. Pure.
/// </summary>
/// <param name="limit">How long it may be silent before the run ends, in nanoseconds.</param>
internal sealed class StorageCircuitBreaker(long limit)
{
    private long? _silentSince;

    /// <summary>True from the first decode that waited in vain to the next answer.</summary>
    public bool IsSilent => _silentSince is not null;

    /// <summary>Whether a decode that reads storage may be dispatched.</summary>
    /// <param name="reading">How many such decodes are going on.</param>
    public bool MayDispatch(int reading) => !IsSilent || reading == 0;

    /// <summary>A decode was ended because it waited for its bytes.</summary>
    /// <returns>True where the storage has been silent for the limit.</returns>
    public bool Waited(long now)
    {
        _silentSince ??= now;
        return now - _silentSince >= limit;
    }

    /// <summary>A decode has had an answer of the storage: bytes, or that there is no such file.</summary>
    public void Answered() => _silentSince = null;
}

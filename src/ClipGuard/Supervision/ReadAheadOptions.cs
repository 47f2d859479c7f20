namespace ClipGuard.Supervision;

/// <summary>
/// How clips that are to be decoded soon are read before: so that storage which takes its time for each read has many reads in flight, and decodes find their
/// bytes in memory. Only loaders and dry runs know what comes next; a single <see cref="Supervisor.DecodeAsync(Media.DecodeRequest, CancellationToken)"/> reads
/// nothing ahead.
/// </summary>
public sealed record ReadAheadOptions
{
    /// <summary>Clips that may be read at the same time, each in a read of its own; so many of twice that number are looked at ahead. 0 reads nothing ahead.
    /// Default 32.</summary>
    public int Reads { get; init; } = 32;

    /// <summary>
    /// Most encoded bytes that are held ahead of their decodes. A clip of more than a quarter of it is read by its helper. Positive; default 256 MiB.
    /// </summary>
    public long Bytes { get; init; } = 256L << 20;

    /// <summary>
    /// Whether files are read ahead also where their reads are fast, as from a local disk's cache. False (the default) leaves them to the helpers then, which
    /// saves a copy; clips at addresses are always fetched ahead.
    /// </summary>
    public bool Always { get; init; }

    /// <summary>Clips that are announced before their decodes.</summary>
    internal int Clips => 2 * Reads;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Reads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Reads, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(Bytes, 1);
    }
}

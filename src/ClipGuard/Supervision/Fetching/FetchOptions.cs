namespace ClipGuard.Supervision;

/// <summary>
/// How clips at http and https addresses are fetched. Whether there are such clips at all is the manifest's options' to say, or the caller's.
/// </summary>
public sealed record FetchOptions
{
    /// <summary>
    /// How long a server may say nothing. Positive; default 20 s, as ms-swift has it. All tries together have <see cref="SupervisorOptions.Deadline"/>.
    /// </summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Most bytes of one clip as it is stored; where a server compresses it on its way (gzip, deflate), as it is unpacked. Positive; default 256 MiB.
    /// They are held in this process's memory.
    /// </summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Whether a server at a public address may redirect to a private one: this machine, or a network of its own. False (the default) makes such a clip
    /// <see cref="Media.FaultKind.Unsupported"/>, because what lies there might be asked for in this process's name. Private addresses that the manifest itself
    /// names are fetched, and may redirect to others.
    /// </summary>
    public bool AllowPrivate { get; init; }

    /// <summary>
    /// Tries after one that failed for a reason that may pass: no connection, no answer, an answer of 408, 429, or 500 and above. At least 0;
    /// default 3, as ms-swift has it.
    /// </summary>
    public int Retries { get; init; } = 3;

    /// <summary>Time before the first of them, doubled before each further one. Default 1 s.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WaitLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WaitLimit, TimeSpan.FromDays(30));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBytes, Array.MaxLength);
        ArgumentOutOfRangeException.ThrowIfNegative(Retries);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RetryPause, TimeSpan.FromHours(1));
    }
}

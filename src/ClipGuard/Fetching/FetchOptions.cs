using System.Text.Json.Serialization;

using ClipGuard.Media;

namespace ClipGuard.Fetching;

/// <summary>
/// How clips, manifests and shards at addresses are fetched. Whether clips at http and https addresses are at all is the manifest's options' to say.
/// </summary>
public sealed record FetchOptions
{
    /// <summary>
    /// What fetches from addresses of schemes other than http and https, as <c>s3</c>; the first that knows a scheme counts. They stay their owner's. Default
    /// none.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<IFetcher> Fetchers { get; init; } = [];

    /// <summary>
    /// Headers that go along with each request over http and https, as tokens: to every server that a manifest names, and to none that one of these redirects
    /// to. They stand in no log and no report. Default none.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<HttpHeader> HttpHeaders { get; init; } = [];

    /// <summary>
    /// How long a server may say nothing. Positive; default 20 s, as ms-swift has it. All tries at one clip
    /// together have the supervisor's deadline.
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

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

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

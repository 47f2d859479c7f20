namespace ClipGuard.Fetching;

/// <summary>What came of one request: a body, or why there is none. It ends with the connection that it came over.</summary>
public sealed class FetchAnswer : IDisposable
{
    private readonly IDisposable? _connection;

    /// <summary>An answer with a body.</summary>
    /// <param name="body">The bytes. The answer disposes it.</param>
    /// <param name="connection">What else is to be disposed with it; null for nothing.</param>
    public FetchAnswer(Stream body, IDisposable? connection = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Body = body;
        _connection = connection;
    }

    /// <summary>An answer without one.</summary>
    /// <param name="failure">Why.</param>
    public FetchAnswer(FetchFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>The bytes, as the server sends them; null where there are none.</summary>
    public Stream? Body { get; }

    /// <summary>Why there is no body; null where there is one.</summary>
    public FetchFailure? Failure { get; }

    /// <summary>Where in the object the body begins, by the server's word. Default 0: a server that was asked for a range may send the whole.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes of the body, by the server's word; null (the default) where it does not say.</summary>
    public long? Length { get; init; }

    /// <summary>Bytes of the whole object, by the server's word; null (the default) where it does not say.</summary>
    public long? ObjectLength { get; init; }

    /// <summary>
    /// What changes whenever the object does, as its ETag; null (the default) where the server tells nothing of the kind. What it is made of is the server's
    /// affair: it is only ever compared.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>When the object was last changed, by the server's word; null (the default) where it does not say.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Body?.Dispose();
        _connection?.Dispose();
    }
}

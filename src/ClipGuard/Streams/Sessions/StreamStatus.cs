using ClipGuard.Media;

namespace ClipGuard.Streams.Sessions;

/// <summary>What is known of one stream at the moment when it is asked who is to blame.</summary>
/// <param name="Name">The stream's name.</param>
internal sealed record StreamStatus(string Name)
{
    /// <summary>True once its helper has said that it is ready, and while it has one. Before that it has not been given its clip.</summary>
    public bool IsHelperReady { get; init; }

    /// <summary>True once the FIFO or file is there.</summary>
    public bool IsThere { get; init; }

    /// <summary>True once its helper has said its last word on it.</summary>
    public bool IsWritten { get; init; }

    /// <summary>Where its helper is, by the marks.</summary>
    public DecodeStage Stage { get; init; }

    /// <summary>Bytes that the stream has taken.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>True where its helper waits for somebody to read on. Measured, and not only said by the helper.</summary>
    public bool WaitsForReader { get; init; }
}

using System.Text.Json.Serialization;

namespace ClipGuard.Media.Wire;

/// <summary>What the supervisor says to a helper: one decode. The end of the connection means that the helper is to end.</summary>
/// <param name="Id">A number that the reply repeats.</param>
/// <param name="Request">What to decode.</param>
internal sealed record DecodeMessage(long Id, DecodeRequest Request)
{
    /// <summary>What kind of message it is.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "decode";

    /// <summary>Bytes at the start of the payload that hold the encoded clip of a <see cref="MemorySource"/>; otherwise 0.</summary>
    public long InputLength { get; init; }

    /// <summary>Where in the payload the result is to begin.</summary>
    public long OutputOffset { get; init; }

    /// <summary>Bytes that the result may take.</summary>
    public long OutputCapacity { get; init; }

    /// <summary>Milliseconds after which the helper may give up by itself. The supervisor ends it at its own deadline in any case.</summary>
    public double TimeLeftMilliseconds { get; init; }
}

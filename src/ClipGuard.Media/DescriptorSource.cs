using System.Text.Json.Serialization;

namespace ClipGuard.Media;

/// <summary>Bytes behind a descriptor that is open already: how a supervisor hands a clip to a helper that it has read before.</summary>
/// <param name="Name">The file's name without its folder, by which some formats are recognised; empty where there is none.</param>
/// <param name="Offset">First byte of the clip.</param>
/// <param name="Length">Bytes of the clip.</param>
internal sealed record DescriptorSource(string Name, long Offset, long Length) : ClipSource
{
    /// <summary>The descriptor, in the process that reads it. It does not travel in the message but beside it.</summary>
    [JsonIgnore]
    public int Descriptor { get; init; } = -1;

    /// <summary>What the clip is called in logs and messages.</summary>
    [JsonIgnore]
    public string? Shown { get; init; }

    /// <summary>What the clip is called.</summary>
    public override string ToString() => Shown ?? Name;
}

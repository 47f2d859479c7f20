using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

using ClipGuard.Media;

namespace ClipGuard.Verdicts;

/// <summary>What a clip is called, whatever its bytes are at this moment.</summary>
/// <param name="Kind">What it is decoded as.</param>
/// <param name="Clip">The path below the store's root, an absolute path, or an address without secrets; empty for bytes that stand in the manifest.</param>
internal readonly record struct ClipName(ClipKind Kind, string Clip)
{
    /// <summary>First byte of a member of a shard.</summary>
    public long? Offset { get; init; }

    /// <summary>Bytes of a member of a shard, or of bytes that stand in the manifest.</summary>
    public long? Length { get; init; }

    /// <summary>How many frames, of a list of them.</summary>
    public int? Frames { get; init; }

    /// <summary>What else the name consists of, hashed: the other frames of a list, the query of an address, the bytes themselves.</summary>
    public string? Rest { get; init; }

    /// <summary>Whether it is a whole object at an address. (Two slashes in a row are in no path.)</summary>
    public bool IsObject => Offset is null && Length is null && Clip.Contains("://", StringComparison.Ordinal);

    /// <summary>The name as one number.</summary>
    public UInt128 Key => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(Text.AsSpan()));

    /// <summary>The name as text; its parts cannot be mistaken for one another, since no path holds a NUL.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{(int)Kind}\0{Clip}\0{Offset}\0{Length}\0{Frames}\0{Rest}");
}

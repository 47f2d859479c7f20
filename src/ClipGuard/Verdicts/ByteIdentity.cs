using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ClipGuard.Verdicts;

/// <summary>What tells a clip's bytes from others: those that had it have it still, and other bytes have another.</summary>
internal sealed record ByteIdentity(ClipName Name)
{
    /// <summary>Bytes of the file, or of the clip where it goes by its content; null for a file that is not there.</summary>
    public long? Size { get; init; }

    /// <summary>When the file was last changed, in whole seconds since 1970; null where the clip goes by something else.</summary>
    public long? Modified { get; init; }

    /// <summary>XXH3 (64 bits) of the clip's bytes, in hexadecimal; null where it goes by something else.</summary>
    public string? Content { get; init; }

    /// <summary>What its server calls this content; null where it goes by something else.</summary>
    public string? ETag { get; init; }

    /// <summary>True where there is no such file.</summary>
    public bool IsAbsent => Content is null && ETag is null && Modified is null;

    /// <summary>The key of a verdict on these bytes under the given settings.</summary>
    public UInt128 KeyUnder(string settings)
    {
        string bytes = Content is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)Name.Kind}\0{Content}\0{Size}\0{settings}")
            : string.Create(CultureInfo.InvariantCulture, $"{Name.Text}\0{Size}\0{Modified}\0{ETag}\0{settings}");
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(bytes.AsSpan()));
    }
}

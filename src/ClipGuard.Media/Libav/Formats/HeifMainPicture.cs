using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// The main picture of an AVIF or HEIC file as its boxes tell it (ISO/IEC 23008-12): how it is coded, how it is turned, and which other picture is its alpha.
/// libavformat of FFmpeg 5.1 finds the coded picture alone.
/// </summary>
/// <param name="Coding">Four letters: <c>av01</c>, <c>hvc1</c>, <c>grid</c> for a picture put together from others, and so on.</param>
/// <param name="Turn">
/// How it is turned: <c>irot</c> and <c>imir</c>, in the order in which the file names them.
/// An orientation in EXIF metadata does not count, as the standard has it.
/// </param>
internal sealed record HeifMainPicture(string Coding, DisplayRotation Turn)
{
    // The boxes of a picture come to some hundred bytes, those of a large grid to some thousands.
    private const int MaxBoxBytes = 1 << 20;

    /// <summary>Its number among the file's pictures.</summary>
    public uint Id { get; private init; }

    /// <summary>How the alpha picture is coded; null where the picture is opaque.</summary>
    public string? AlphaCoding { get; private init; }

    /// <summary>Where the alpha picture's bytes lie in the file, in pieces; empty where that cannot be told.</summary>
    public IReadOnlyList<(long Start, long Length)> Alpha { get; private init; } = [];

    /// <summary>True where the colours were multiplied by alpha when they were coded.</summary>
    public bool IsPremultiplied { get; private init; }

    /// <summary>Reads it from the boxes of a file; null where the file has no main picture.</summary>
    public static HeifMainPicture? Main(ClipBytes bytes)
    {
        if (IsoBox.Find(bytes, 0, bytes.Length, "meta"u8) is not { } meta || meta.End - meta.Start < sizeof(uint))
        {
            return null;
        }

        // Behind four bytes of version and flags.
        long start = meta.Start + sizeof(uint);
        byte[] Box(ReadOnlySpan<byte> name) => IsoBox.Find(bytes, start, meta.End, name)?.Content(bytes, MaxBoxBytes) ?? [];
        byte[] primary = Box("pitm"u8);
        if (primary.Length < 6 || IsoBox.Find(bytes, start, meta.End, "iprp"u8) is not { } properties)
        {
            return null;
        }

        uint main = primary[0] == 0 ? BinaryPrimitives.ReadUInt16BigEndian(primary.AsSpan(4)) : primary.Length >= 8
            ? BinaryPrimitives.ReadUInt32BigEndian(primary.AsSpan(4)) : 0;
        Dictionary<uint, string> codings = HeifTables.Codings(Box("iinf"u8));
        if (!codings.TryGetValue(main, out string? coding))
        {
            return null;
        }

        HeifProperties named = HeifProperties.Read(bytes, properties);
        var item = new HeifMainPicture(coding, named.TurnOf(main)) { Id = main };
        HeifReference[] references = [.. HeifTables.References(Box("iref"u8))];
        foreach (HeifReference reference in references)
        {
            if (reference.Kind == "auxl" && reference.To == main && named.IsAlpha(reference.From)
                && codings.TryGetValue(reference.From, out string? alphaCoding))
            {
                return item with
                {
                    AlphaCoding = alphaCoding,
                    Alpha = HeifTables.Extents(Box("iloc"u8), reference.From, IsoBox.Find(bytes, start, meta.End, "idat"u8)?.Start),
                    IsPremultiplied = references.Any(other => other.Kind == "prem" && other.From == main && other.To == reference.From),
                };
            }
        }

        return item;
    }
}

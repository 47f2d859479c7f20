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
    private const int MaxPrimaryBytes = 8;

    /// <summary>Its number among the file's pictures.</summary>
    public uint Id { get; private init; }

    /// <summary>What it is put together from; null where it is one part, and where that cannot be read.</summary>
    public HeifGrid? Grid { get; private init; }

    /// <summary>The number of its first coded part: its own, where it is one.</summary>
    public uint FirstCoded => Grid?.Items[0] ?? Id;

    /// <summary>True where a part of it is to be shown (<c>clap</c>), and not all.</summary>
    public bool IsCut { get; private init; }

    /// <summary>How the alpha picture is coded; null where the picture is opaque.</summary>
    public string? AlphaCoding { get; private init; }

    /// <summary>What the alpha picture is put together from; null where it is one part, and where that cannot be read.</summary>
    public HeifGrid? AlphaGrid { get; private init; }

    /// <summary>Where the bytes of an alpha picture of one part lie.</summary>
    public HeifExtents Alpha { get; private init; } = HeifExtents.None;

    /// <summary>What the decoder of an alpha picture of one part has to know beforehand.</summary>
    public byte[] AlphaConfiguration { get; private init; } = [];

    /// <summary>True where the colours were multiplied by alpha when they were coded.</summary>
    public bool IsPremultiplied { get; private init; }

    /// <summary>The file's bytes with the first coded part as the main picture, for whoever knows of no other.</summary>
    /// <returns>Null where the file cannot say so in the same length. Owns <paramref name="bytes"/>.</returns>
    public ClipBytes? WithFirstCodedAsMain(ClipBytes bytes)
    {
        if (PrimaryOf(bytes, out int numberBytes) is not { } at || (numberBytes == sizeof(ushort) && FirstCoded > ushort.MaxValue))
        {
            return null;
        }

        byte[] number = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, FirstCoded);
        return new PatchedBytes(bytes, (at, number[^numberBytes..]));
    }

    /// <summary>Reads it from the boxes of a file; null where the file has no main picture.</summary>
    public static HeifMainPicture? Main(ClipBytes bytes)
    {
        if (PrimaryOf(bytes, out int numberBytes) is not { } at || HeifTables.Read(bytes, MetaOf(bytes)!.Value) is not { } tables)
        {
            return null;
        }

        Span<byte> number = stackalloc byte[sizeof(uint)];
        number.Clear();
        uint main = bytes.ReadAt(at, number[^numberBytes..]) == numberBytes ? BinaryPrimitives.ReadUInt32BigEndian(number) : 0;
        if (!tables.Codings.TryGetValue(main, out string? coding))
        {
            return null;
        }

        HeifGrid? GridOf(uint item, string itsCoding) => itsCoding == "grid" ? HeifGrid.Read(bytes, item, tables) : null;
        var picture = new HeifMainPicture(coding, tables.Properties.TurnOf(main))
        {
            Id = main,
            Grid = GridOf(main, coding),
            IsCut = tables.Properties.IsCut(main),
        };
        foreach (HeifReference reference in tables.References)
        {
            if (reference.Kind == "auxl" && reference.To == main && tables.Properties.IsAlpha(reference.From)
                && tables.Codings.TryGetValue(reference.From, out string? alphaCoding))
            {
                return picture with
                {
                    AlphaCoding = alphaCoding,
                    AlphaGrid = GridOf(reference.From, alphaCoding),
                    Alpha = tables.ExtentsOf(reference.From),
                    AlphaConfiguration = tables.Properties.ConfigurationOf(reference.From),
                    IsPremultiplied = tables.References.Any(other => other.Kind == "prem" && other.From == main && other.To == reference.From),
                };
            }
        }

        return picture;
    }

    private static IsoBox? MetaOf(ClipBytes bytes) =>
        IsoBox.Find(bytes, 0, bytes.Length, "meta"u8) is { } meta && meta.End - meta.Start >= sizeof(uint) ? meta : null;

    // Where the file says which picture is its main one, behind four bytes of version and flags.
    private static long? PrimaryOf(ClipBytes bytes, out int numberBytes)
    {
        numberBytes = 0;
        if (MetaOf(bytes) is not { } meta || IsoBox.Find(bytes, meta.Start + sizeof(uint), meta.End, "pitm"u8) is not { } primary
            || primary.Content(bytes, MaxPrimaryBytes) is not { Length: >= 6 } content)
        {
            return null;
        }

        numberBytes = content[0] == 0 ? sizeof(ushort) : sizeof(uint);
        return content.Length >= sizeof(uint) + numberBytes ? primary.Start + sizeof(uint) : null;
    }
}

using System.Text;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// The properties that the items of an AVIF or HEIC file have: a list of properties, and for each item the numbers of its own,
/// in the order in which they apply.
/// </summary>
internal sealed class HeifProperties
{
    // Beginnings of HEVC streams (hvcC) come to some hundred bytes.
    private const int MaxPropertyBytes = 4096;
    private const int MaxAssociationBytes = 1 << 20;

    private readonly List<(uint Name, byte[] Content)> _properties = [];
    private readonly Dictionary<uint, List<int>> _numbersOf = [];

    /// <summary>Reads them.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="box">Its box <c>iprp</c>.</param>
    public static HeifProperties Read(ClipBytes bytes, IsoBox box)
    {
        var read = new HeifProperties();
        if (box.Find(bytes, "ipco"u8) is { } list)
        {
            read._properties.AddRange(IsoBox.In(bytes, list.Start, list.End).Select(property => (property.Name, property.Content(bytes, MaxPropertyBytes))));
        }

        foreach (IsoBox association in IsoBox.In(bytes, box.Start, box.End).Where(child => child.Name == IsoBox.Named("ipma"u8)))
        {
            read.Associate(new BoxFieldReader(association.Content(bytes, MaxAssociationBytes)));
        }

        return read;
    }

    /// <summary>The turn that an item's properties come to, one after the other.</summary>
    public DisplayRotation TurnOf(uint item)
    {
        DisplayRotation turn = default;
        foreach ((uint name, byte[] content) in Of(item))
        {
            turn = content.Length == 0 ? turn
                : name == IsoBox.Named("irot"u8) ? turn with { QuarterTurns = (turn.QuarterTurns - content[0]) & 3 }

                // Axis 0 changes top and bottom, axis 1 left and right; what was turned before turns the other way in the mirror.
                : name == IsoBox.Named("imir"u8) ? new DisplayRotation(((content[0] & 1) == 0 ? 2 - turn.QuarterTurns : -turn.QuarterTurns) & 3, !turn.Mirrored)
                : turn;
        }

        return turn;
    }

    /// <summary>True for an item that is shown in part only (<c>clap</c>).</summary>
    public bool IsCut(uint item) => Of(item).Any(property => property.Name == IsoBox.Named("clap"u8));

    /// <summary>True for an item that is the alpha of another.</summary>
    public bool IsAlpha(uint item) => Of(item).Any(property => property.Name == IsoBox.Named("auxC"u8)
        && Encoding.Latin1.GetString(property.Content.AsSpan(Math.Min(4, property.Content.Length))).Split('\0')[0]
            is "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha" or "urn:mpeg:hevc:2015:auxid:1");

    /// <summary>What the decoder of an item has to know beforehand; nothing where that is not told.</summary>
    public byte[] ConfigurationOf(uint item) =>
        Of(item).FirstOrDefault(property => property.Name == IsoBox.Named("hvcC"u8) || property.Name == IsoBox.Named("av1C"u8)).Content ?? [];

    /// <summary>An item's size in pixels, before it is turned; 0 where it is not told.</summary>
    public (uint Width, uint Height) SizeOf(uint item)
    {
        var size = new BoxFieldReader(Of(item).FirstOrDefault(property => property.Name == IsoBox.Named("ispe"u8)).Content ?? []);
        size.Skip(4);
        return (size.Number(4), size.Number(4));
    }

    private IEnumerable<(uint Name, byte[] Content)> Of(uint item) =>
        _numbersOf.GetValueOrDefault(item, []).Where(number => number > 0 && number <= _properties.Count).Select(number => _properties[number - 1]);

    private void Associate(BoxFieldReader reader)
    {
        uint versionAndFlags = reader.Number(4);
        bool isLong = (versionAndFlags & 1) != 0;
        for (uint left = reader.Number(4); left > 0 && !reader.IsAtEnd; left--)
        {
            uint item = reader.Number(versionAndFlags >> 24 == 0 ? 2 : 4);
            List<int> numbers = [];
            for (uint count = reader.Number(1); count > 0 && !reader.IsAtEnd; count--)
            {
                // The highest bit says that a reader must know the property.
                numbers.Add((int)(isLong ? reader.Number(2) & 0x7FFF : reader.Number(1) & 0x7F));
            }

            _numbersOf.TryAdd(item, numbers);
        }
    }
}

namespace ClipGuard.Manifests;

/// <summary>Turns elements of a JSON array into rows, each given with all that stands around it: spaces, the comma behind, the array's brackets.</summary>
internal sealed class JsonArrayRowParser(ManifestOptions options, PathResolver paths) : ITextRowParser
{
    private const string Separator = "',' or ']' behind each row";

    private readonly JsonRowParser _rows = new(options, paths, joinsLines: true);

    private static ReadOnlySpan<byte> Space => " \t\r\n"u8;

    /// <inheritdoc/>
    /// <remarks>Only an empty array has none.</remarks>
    public bool HasRow(TextLine line) => line.Number > 1 || line.IsTooLong || !Trim(line).Element.IsEmpty || line.Raw.Span is not [.., (byte)']'];

    /// <inheritdoc/>
    public bool EndsWith(byte last) => last is (byte)',' or (byte)']';

    /// <inheritdoc/>
    public ManifestRow? Read(TextLine line)
    {
        if (line.IsTooLong)
        {
            return new BadRow(line.Number, 1, $"a row of {line.Length} bytes at byte {line.Offset}", line.TooLong(options).Expected);
        }

        if (!HasRow(line))
        {
            return null;
        }

        (int start, ReadOnlyMemory<byte> element) = Trim(line);
        long offset = line.Offset + start;
        if (line.Raw.IsEmpty || !EndsWith(line.Raw.Span[^1]))
        {
            return new BadRow(line.Number, 1, $"the end of the file in the row at byte {offset}", Separator);
        }

        if (element.IsEmpty)
        {
            return new BadRow(line.Number, 1, $"'{(char)line.Raw.Span[^1]}' at byte {offset}", "a row");
        }

        return _rows.Read(TextLine.Of(line.Number, offset, element)) switch
        {
            BadRow bad => bad with { Found = $"{bad.Found} in the row at byte {offset}" },
            var row => row,
        };
    }

    private static (int Start, ReadOnlyMemory<byte> Element) Trim(TextLine line)
    {
        ReadOnlyMemory<byte> raw = line.Raw.Span is [.., (byte)',' or (byte)']'] ? line.Raw[..^1] : line.Raw;
        ReadOnlyMemory<byte> element = raw.TrimStart(Space);
        if (line.Number == 1 && element.Span is [(byte)'[', ..])
        {
            element = element[1..].TrimStart(Space);
        }

        return (raw.Length - element.Length, element.TrimEnd(Space));
    }
}

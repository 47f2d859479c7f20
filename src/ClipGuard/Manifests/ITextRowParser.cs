namespace ClipGuard.Manifests;

/// <summary>Turns lines of text into rows. One thread at a time.</summary>
internal interface ITextRowParser
{
    /// <summary>Reads one line.</summary>
    /// <returns>Null where the line is no row.</returns>
    ManifestRow? Read(TextLine line);

    /// <summary>Whether a line is a row, good or bad.</summary>
    bool HasRow(TextLine line) => !line.IsBlank;

    /// <summary>Whether a line can end with this byte, unless it is the last of its file.</summary>
    bool EndsWith(byte last) => last == (byte)'\n';
}

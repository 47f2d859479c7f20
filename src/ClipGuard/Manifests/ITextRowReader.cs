namespace ClipGuard.Manifests;

/// <summary>Turns lines of text into rows. One thread at a time.</summary>
internal interface ITextRowReader
{
    /// <summary>Reads one line.</summary>
    /// <returns>Null where the line is white space, and so no row.</returns>
    ManifestRow? Read(TextLine line);
}

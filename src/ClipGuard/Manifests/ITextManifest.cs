namespace ClipGuard.Manifests;

/// <summary>A manifest that may be a text file, so that some of its rows, byte for byte, are a manifest of the same kind.</summary>
internal interface ITextManifest : IManifest
{
    /// <summary>How such a file is written; null where rows are no text.</summary>
    TextFormat? Format { get; }
}

/// <summary>How a manifest that is a text file is written.</summary>
/// <param name="Extension">Of its file, with the dot.</param>
/// <param name="ReadHeaderAsync">
/// Reads the bytes that stand before the first row, with their line ending: a table's row of names. Empty where there are none.
/// </param>
internal sealed record TextFormat(string Extension, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> ReadHeaderAsync)
{
    /// <summary>What the name of a file of lines ends with, behind the extension of the file that rows are copied into.</summary>
    public const string LinesSuffix = ".lines";

    /// <summary>Where rows are no text: what writes a file of some of them, once their lines are known. Otherwise null.</summary>
    public ICopyableManifest? Copier { get; private init; }

    /// <summary>How a file with some of a manifest's rows is written; null where there can be none.</summary>
    public static TextFormat? Of(IManifest manifest) => manifest is ICopyableManifest copier ? Copied(copier, copier.Extension)
        : (manifest as ITextManifest)?.Format;

    /// <summary>The lines of some of a manifest's rows, one a line of text, by which it copies them once those of other shards are known too.</summary>
    public static TextFormat LinesFor(ICopyableManifest copier) => Copied(copier, copier.Extension + LinesSuffix);

    private static TextFormat Copied(ICopyableManifest copier, string extension) =>
        new(extension, static _ => Task.FromResult(ReadOnlyMemory<byte>.Empty)) { Copier = copier };
}

namespace ClipGuard.Manifests;

/// <summary>A manifest whose rows can be read in order without being parsed.</summary>
internal interface IUnparsedRowManifest : IManifest
{
    /// <summary>Begins with the first row. Nothing is opened before the first read.</summary>
    IUnparsedRowReader ReadUnparsed();
}

/// <summary>Reads a manifest's rows in order, and parses none of them. One call at a time.</summary>
internal interface IUnparsedRowReader : IAsyncDisposable
{
    /// <summary>Reads the next rows.</summary>
    /// <param name="most">How many; fewer are given only at the manifest's end.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    ValueTask<UnparsedRows> ReadAsync(int most, CancellationToken cancellation);

    /// <summary>Passes over the next rows.</summary>
    /// <param name="most">How many.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>How many there were; fewer only at the manifest's end.</returns>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    ValueTask<long> SkipAsync(long most, CancellationToken cancellation);
}

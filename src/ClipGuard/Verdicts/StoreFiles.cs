namespace ClipGuard.Verdicts;

/// <summary>The files of a store.</summary>
internal static class StoreFiles
{
    public const string Extension = ".jsonl";
    private const string FactsPrefix = "facts-";
    private const string FaultsPrefix = "faults-";
    private const string SnapshotFolder = "snapshots";

    /// <summary>Path of a writer's file.</summary>
    public static string Path(string folder, StoreFileKind kind, string writer) =>
        System.IO.Path.Combine(folder, (kind == StoreFileKind.Facts ? FactsPrefix : FaultsPrefix) + writer + Extension);

    /// <summary>All files of one kind, in the order of their names.</summary>
    public static IReadOnlyList<string> Find(string folder, StoreFileKind kind) => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFiles(folder, (kind == StoreFileKind.Facts ? FactsPrefix : FaultsPrefix) + "*" + Extension)
            .Order(StringComparer.Ordinal)];

    /// <summary>Path of a snapshot.</summary>
    public static string Snapshot(string folder, string id) => System.IO.Path.Combine(folder, SnapshotFolder, id + Extension);
}

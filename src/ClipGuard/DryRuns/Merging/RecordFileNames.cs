namespace ClipGuard.DryRuns.Merging;

/// <summary>
/// The files of records that a run leaves: lines of JSON, which name lines of the manifest or, of excluded rows, those of the files that these stand in.
/// </summary>
internal static class RecordFileNames
{
    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [OutputPaths.FaultsName, OutputPaths.ExcludedName, OutputPaths.UnsettledName, OutputPaths.ClipsName, OutputPaths.DisagreementsName];
}

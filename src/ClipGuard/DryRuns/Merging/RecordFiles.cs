namespace ClipGuard.DryRuns.Merging;

/// <summary>The files of records that a run leaves: lines of JSON, most of which name a line of the manifest.</summary>
internal static class RecordFiles
{
    /// <summary>Names lines within a row's own file, where the others name lines of the manifest.</summary>
    public const string Excluded = "excluded.jsonl";

    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> All { get; } = [OutputFolder.FaultsName, Excluded, OutputFolder.UnsettledName];
}

using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Settings;

/// <summary>Where a dry run, or the merge of several, writes, and what it says with its exit code.</summary>
internal static class OutputSettings
{
    public const string DefaultOut = "clipguard-out";

    public static readonly SettingGroup<DryRunOptions> Group = new("Output", new DryRunOptions { OutputFolder = Path.GetFullPath(DefaultOut) });

    public static readonly Setting<string> Out = Group.Value(
        "out",
        "FOLDER",
        $"Receives the files of findings and the log, default {DefaultOut}. A run that was interrupted there goes on.",
        SettingTextParser.FilePath,
        (run, folder) => run with { OutputFolder = folder });

    public static readonly Setting<string> Clean = Group.Value(
        "clean",
        "FILE",
        "Receives the rows all of whose clips decoded, default clean.jsonl (of a table clean.csv, clean.tsv) in the output folder.",
        SettingTextParser.FilePath,
        (run, file) => run with { CleanManifest = file });

    public static readonly Setting<bool> Fresh = Group.Flag(
        "fresh",
        "Start over where the output folder holds a run that was interrupted.",
        (run, fresh) => run with { Fresh = fresh });

    /// <summary>What a merge can be told: where the clean rows go; null for the folder itself.</summary>
    public static readonly SettingGroup<string?> Merged = new(Group.Heading, null);

    public static readonly SettingGroup Exiting = new(Group.Heading);

    public static readonly Setting<bool> FaultsAreSuccess = Exiting.Flag(
        "faults-are-success",
        "End with exit code 0 also where clips or rows are faulty, for a scheduler to which any other code is a failed job.");

    static OutputSettings() => Merged.Also(Clean, static (_, file) => file);
}

using ClipGuard.Media.Native;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>What the files of a dry run are called, and where they lie.</summary>
internal sealed class OutputPaths
{
    public const string FaultsName = "faults.jsonl";
    public const string CleanName = "clean";
    public const string ExcludedName = "excluded.jsonl";
    public const string UnsettledName = "unsettled.jsonl";
    public const string ClipsName = "clips.jsonl";
    public const string DisagreementsName = "disagreements.jsonl";
    public const string FaultTableName = "faults.csv";
    public const string SummaryName = "summary.json";
    public const string UnfinishedName = "unfinished.json";
    public const string JournalName = "journal.jsonl";
    public const string ShardName = "shard.json";
    public const string SeenName = "clips.seen";
    private const string BeforeSuffix = ".before";
    private const string PartialSuffix = ".partial";
    private const string CopySuffix = ".copy";

    /// <param name="folder">The output folder.</param>
    /// <param name="clean">Where clean rows go; null where rows are no text.</param>
    public OutputPaths(string folder, string? clean)
    {
        Clean = clean;
        Faults = Path.Combine(folder, FaultsName);
        Excluded = Path.Combine(folder, ExcludedName);
        Unsettled = Path.Combine(folder, UnsettledName);
        Clips = Path.Combine(folder, ClipsName);
        Disagreements = Path.Combine(folder, DisagreementsName);
        FaultsCsv = Path.Combine(folder, FaultTableName);
        Summary = Path.Combine(folder, SummaryName);
        Unfinished = Path.Combine(folder, UnfinishedName);
        Journal = Path.Combine(folder, JournalName);
        Shard = Path.Combine(folder, ShardName);
        Seen = Path.Combine(folder, SeenName);
    }

    /// <summary>The clean rows; null where rows are no text.</summary>
    public string? Clean { get; }

    /// <summary>The bad clips and lines.</summary>
    public string Faults { get; }

    /// <summary>The rows that are not clean.</summary>
    public string Excluded { get; }

    /// <summary>The clips that are nobody's fault.</summary>
    public string Unsettled { get; }

    /// <summary>The clips that decoded.</summary>
    public string Clips { get; }

    /// <summary>The clips that two decoders disagree on.</summary>
    public string Disagreements { get; }

    /// <summary>The bad clips and lines as a table.</summary>
    public string FaultsCsv { get; }

    /// <summary>The run's summary.</summary>
    public string Summary { get; }

    /// <summary>The checkpoint of a run that did not end.</summary>
    public string Unfinished { get; }

    /// <summary>Verdicts as they are come to.</summary>
    public string Journal { get; }

    /// <summary>What marks the folder of a shard that is whole.</summary>
    public string Shard { get; }

    /// <summary>The clips of recorded rows.</summary>
    public string Seen { get; }

    /// <summary>
    /// The lists that say of every row whether to train on it: each is gathered beside (<see cref="Partial"/>), and bears its name once it is whole.
    /// </summary>
    public IEnumerable<string> Lists => new[] { Clean, Excluded }.OfType<string>();

    /// <summary>What a run that tries unsettled clips again makes anew, while it needs the files of the run before (<see cref="Before"/>).</summary>
    public IReadOnlyList<string> MadeAnew => [Faults, Unsettled, Clips, Disagreements];

    /// <summary>The files of findings that a merge puts together, whether they are there or not.</summary>
    public IEnumerable<string> Findings => new[] { Faults, Clean, Excluded, Unsettled, Clips, Disagreements, Seen }.OfType<string>();

    /// <summary>Where a list is gathered until it is whole.</summary>
    public static string Partial(string list) => list + PartialSuffix;

    /// <summary>Where clean rows that are no text are copied to until all are.</summary>
    public static string Copy(string clean) => clean + CopySuffix;

    /// <summary>Where a file of the run before lies until the present one is whole.</summary>
    public static string Before(string path) => path + BeforeSuffix;

    /// <summary>Makes sure that nothing of the user's is overwritten, and no file of the run by another.</summary>
    /// <param name="sources">The manifest's files.</param>
    /// <exception cref="OutputException">Something would be.</exception>
    public void RefuseToOverwrite(IReadOnlyList<string> sources)
    {
        string[] ours = [Faults, FaultsCsv, Excluded, Unsettled, Clips, Disagreements, Summary, Seen, Unfinished, Journal, Shard];
        if (ours.Append(Clean).OfType<string>().FirstOrDefault(path => IsOneOf(path, sources)) is { } overwritten)
        {
            throw new OutputException($"{overwritten} is the manifest itself and would be overwritten: choose another output folder or name");
        }

        if (Clean is { } clean && ours.FirstOrDefault(path => path == clean || FileFacts.AreSame(path, clean)) is { } clash)
        {
            throw new OutputException($"the clean manifest {clean} would overwrite {clash}: choose another name");
        }
    }

    private static bool IsOneOf(string path, IReadOnlyList<string> sources)
    {
        bool exists = File.Exists(path);
        return sources.Any(source => path == source || (exists && FileFacts.AreSame(path, source)));
    }
}

using ClipGuard.Manifests;

namespace ClipGuard.Cli.Settings;

/// <summary>Where a dry run reads and writes.</summary>
internal static class RunSettings
{
    public const string DefaultOut = "clipguard-out";

    /// <summary>Names the configuration file, and so cannot be a key in it.</summary>
    public static readonly Setting<string> Config = new ValueSetting<string>(
        "config",
        "FILE",
        "JSON file whose keys are these options, audioRate for --audio-rate, and a section Serilog for the log. Default: none.",
        text => text);

    public static readonly Setting<string> Out = new ValueSetting<string>(
        "out",
        "FOLDER",
        $"Receives faults.jsonl, clean.jsonl and summary.json, default {DefaultOut}. A run that was interrupted there goes on.",
        ValueText.FilePath);

    public static readonly Setting<string> Clean = new ValueSetting<string>(
        "clean",
        "FILE",
        "Receives the rows all of whose clips decoded, default clean.jsonl in the output folder.",
        ValueText.FilePath);

    public static readonly Setting<string> Root = new ValueSetting<string>(
        "root",
        "FOLDER",
        "Where relative paths are tried first; then come ROOT_IMAGE_DIR, the manifest's folder and the current folder.",
        ValueText.FilePath);

    public static readonly Setting<long> Limit = new ValueSetting<long>("limit", "N", "Read only the first N rows.", ValueText.LongCount);

    public static readonly Setting<bool> Fresh = new FlagSetting("fresh", "Start over where the output folder holds a run that was interrupted.");

    public static readonly Setting<MediaCounting> Tags = new ValueSetting<MediaCounting>(
        "tags",
        "HOW",
        "'lenient' (default) as ms-swift, or 'strict': as many tags as clips, as LLaMA-Factory.",
        ValueText.OneOf(("lenient", MediaCounting.Lenient), ("strict", MediaCounting.Strict)));

    public static IReadOnlyList<Setting> All { get; } = [Out, Clean, Root, Limit, Fresh, Tags];

    public static ManifestOptions ReadManifest(SettingSources sources) => new()
    {
        Root = sources.OriginOf(Root) is null ? null : sources.Get(Root, string.Empty),
        AllowHttp = sources.Get(FetchSettings.Allow, false),
        Counting = sources.Get(Tags, MediaCounting.Lenient),
    };
}

using ClipGuard.Cli.Reports;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Comparing;

/// <summary>What a comparison can be told.</summary>
internal static class CompareSettings
{
    public const string NoScaler = "none";

    public static readonly SettingGroup<ComparisonOptions> Measurement = new("Measurement", new ComparisonOptions());

    public static readonly Setting<Metric> Metric = Measurement.Value(
        "metric",
        "NAME",
        "'psnr' (default) and 'ssim' by the program ffmpeg, 'vmaf' by the program vmaf or, without it, an ffmpeg that has libvmaf.",
        SettingTextParser.OneOf(("psnr", Streams.Comparing.Metric.Psnr), ("ssim", Streams.Comparing.Metric.Ssim), ("vmaf", Streams.Comparing.Metric.Vmaf)),
        (comparison, metric) => comparison with { Metric = metric });

    public static readonly Setting<string> Model = Measurement.Value(
        "model",
        "MODEL",
        "Of vmaf: a version that it knows, as 'vmaf_4k_v0.6.1' or 'vmaf_v0.6.1neg', or the path of a model's file. Default: its own.",
        text => text.EndsWith(".json", StringComparison.Ordinal) && !text.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(text) : text,
        (comparison, model) => comparison with { Model = model });

    public static readonly Setting<IReadOnlyList<string>> Features = Measurement.Values(
        "feature",
        "NAME",
        "Of vmaf: measure this besides, as 'psnr_hvs', 'cambi' or 'float_ms_ssim'; may be given several times.",
        text => text,
        (comparison, features) => comparison with { Features = features });

    public static readonly Setting<int> MetricThreads = Measurement.Value(
        "metric-threads",
        "N",
        $"Threads of the program that measures vmaf, default {Measurement.Unset.MetricThreads}.",
        SettingTextParser.Count,
        (comparison, threads) => comparison with { MetricThreads = threads });

    public static readonly Setting<bool> PerFrame = Measurement.Flag(
        "per-frame",
        "Write the scores of each frame to frames.csv in --out, and give the pair percentiles and the harmonic mean over its frames.",
        (comparison, frames) => comparison with { PerFrame = frames });

    public static readonly Setting<ToolCommand> Tool = Measurement.Value(
        "tool",
        "COMMAND",
        "Measure with this program instead: its arguments hold {reference} and {distorted}, and may hold {width} {height} {pixfmt} {subsampling} "
            + "{bitdepth} {rate} {output}. Its scores are the numbers of the JSON object, or the one number, that it writes.",
        ToolCommand.Parse,
        (comparison, tool) => comparison with { Tool = tool });

    public static readonly Setting<VideoStreamFraming> Form = Measurement.Value(
        "form",
        "FORM",
        "How --tool gets its frames: 'y4m' (default) or 'raw'.",
        SettingTextParser.OneOf(("y4m", VideoStreamFraming.Y4m), ("raw", VideoStreamFraming.Raw)),
        (comparison, form) => comparison with { Form = form });

    public static readonly Setting<ScalingFilter?> Scaler = Measurement.Value(
        "scaler",
        "FILTER",
        "Brings the distorted clip to the reference's size: 'bicubic' (default), 'bilinear', 'lanczos', 'spline', 'area' or 'point'. "
            + "'none' makes another size a fault.",
        SettingTextParser.OneOf<ScalingFilter?>(
            ("bicubic", ScalingFilter.Bicubic),
            ("bilinear", ScalingFilter.Bilinear),
            ("lanczos", ScalingFilter.Lanczos),
            ("spline", ScalingFilter.Spline),
            ("area", ScalingFilter.Area),
            ("point", ScalingFilter.Point),
            (NoScaler, null)),
        (comparison, filter) => comparison with { Scaler = filter });

    public static readonly Setting<bool> AnyRate = Measurement.Flag(
        "any-rate",
        "Compare clips of different frame rates frame by frame; without it that is a fault.",
        (comparison, any) => comparison with { AnyFrameRate = any });

    public static readonly Setting<bool> AnyLength = Measurement.Flag(
        "any-length",
        "Compare up to the shorter clip's end; without it another length is a fault.",
        (comparison, any) => comparison with { AnyLength = any });

    public static readonly Setting<int?> DecoderThreads = Measurement.Value(
        "decoder-threads",
        "N",
        $"Threads of each decoder, default {Measurement.Unset.DecoderThreads}, which is 'auto' here.",
        SettingTextParser.CountOrAuto,
        (comparison, threads) => comparison with { DecoderThreads = threads ?? Measurement.Unset.DecoderThreads });

    public static readonly SettingGroup<StreamOptions> Guard = new("Guard", new StreamOptions());

    public static readonly Setting<TimeSpan> Timeout = Guard.Value(
        "timeout",
        "SECONDS",
        $"Hard deadline of one try at a pair, default {Guard.Unset.Deadline.TotalSeconds}.",
        SettingTextParser.Seconds,
        (guard, limit) => guard with { Deadline = limit });

    public static readonly Setting<TimeSpan> Stall = Guard.Value(
        "stall",
        "SECONDS",
        "How long a pair may go without progress: no clip decoded on, no byte moved, no CPU used by the program. "
            + $"Default {Guard.Unset.StallLimit.TotalSeconds}.",
        SettingTextParser.Seconds,
        (guard, limit) => guard with { StallLimit = limit });

    public static readonly Setting<int> Pairs = Guard.Value(
        "pairs",
        "N",
        $"Pairs compared at the same time, each in three processes. Default: half the number of cores, here {Guard.Unset.Runs}.",
        SettingTextParser.Count,
        (guard, pairs) => guard with { Runs = pairs });

    public static readonly Setting<bool> NoFifo = Guard.Flag(
        "no-fifo",
        "Write the frames into files first, for programs that jump about in their input.",
        (guard, files) => guard with { WorkFiles = files });

    public static readonly Setting<SandboxLevel> Sandbox = Guard.Also(GuardSettings.Sandbox, (guard, level) => guard with { Sandbox = level });

    public static readonly Setting<string> FFmpeg = Guard.Also(GuardSettings.FFmpeg, (guard, choice) => guard with { FFmpeg = choice });

    public static readonly Setting<long> HelperMemory = Guard.Also(GuardSettings.HelperMemory, (guard, bytes) => guard with { HelperMemoryBytes = bytes });

    public static readonly SettingGroup<ManifestComparisonOptions> Run =
        new("Pairs of a manifest", new ManifestComparisonOptions { ManifestPath = string.Empty, OutputFolder = Path.GetFullPath(OutputSettings.DefaultOut) });

    public static readonly Setting<string> Manifest = Run.Value(
        "manifest",
        "FILE",
        "Compare the pairs that the rows of this manifest name (JSON Lines, a JSON array, CSV, TSV, or several by a pattern), "
            + "instead of REFERENCE and DISTORTED.",
        ManifestPath,
        (run, path) => run with { ManifestPath = path });

    public static readonly Setting<string> ReferenceColumn = Run.Value(
        "reference-column",
        "NAME",
        $"The field of a row that names the reference, default '{Run.Unset.ReferenceColumn}'.",
        text => text,
        (run, column) => run with { ReferenceColumn = column });

    public static readonly Setting<string> DistortedColumn = Run.Value(
        "distorted-column",
        "NAME",
        $"The field of a row that names the distorted clip, default '{Run.Unset.DistortedColumn}'.",
        text => text,
        (run, column) => run with { DistortedColumn = column });

    public static readonly Setting<string> Out = Run.Value(
        "out",
        "FOLDER",
        $"Receives scores.jsonl, faults.jsonl and excluded.jsonl of a manifest, and frames.csv, default {OutputSettings.DefaultOut}.",
        SettingTextParser.FilePath,
        (run, folder) => run with { OutputFolder = folder });

    public static readonly Setting<string> Root = Run.Also(ManifestSettings.Root, (run, folder) => run with { Manifest = run.Manifest with { Root = folder } });

    /// <summary>The lists themselves are read later, since that takes its time.</summary>
    public static readonly Setting<IReadOnlyList<string>> Exclude = Run.Also(ManifestSettings.Exclude, static (run, _) => run);

    public static readonly SettingGroup Output = new("Output");

    public static readonly Setting<bool> Json = Output.Flag("json", "One JSON object on standard output.");

    public static IReadOnlyList<SettingGroup> All { get; } =
        [Measurement, Guard, Run, Output, ReportSettings.Wanted, ReportSettings.Page, ReportSettings.Group];

    private static string ManifestPath(string text) => text == "-" ? StandardStreams.InputPath : SettingTextParser.FilePath(text);

    /// <summary>What is measured, and how.</summary>
    /// <exception cref="UsageException">A value is not usable.</exception>
    public static ComparisonOptions ReadComparison(SettingSources sources)
    {
        if (sources.OriginOf(Tool) is { } tool)
        {
            string? contradiction = sources.OriginOf(Metric);
            if (contradiction is not null)
            {
                throw new UsageException($"{contradiction} and {tool} both say what to measure with: give one or the other");
            }

            contradiction = sources.OriginOf(Model) ?? sources.OriginOf(Features) ?? sources.OriginOf(PerFrame);
            if (contradiction is not null)
            {
                throw new UsageException($"{contradiction} does not go with {tool}, of whose words nothing is known");
            }
        }

        ComparisonOptions comparison = Measurement.Read(sources);
        string? ofVmaf = sources.OriginOf(Model) ?? sources.OriginOf(Features);
        return ofVmaf is not null && comparison.Metric != Streams.Comparing.Metric.Vmaf
            ? throw new UsageException($"{ofVmaf} is a setting of vmaf: give {Metric.OptionName} vmaf too")
            : comparison;
    }
}

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Comparing;

/// <summary>What a comparison can be told.</summary>
internal static class CompareSettings
{
    public const string NoScaler = "none";

    private static readonly StreamOptions Guard = new();

    public static readonly Setting<Metric> Metric = new ValueSetting<Metric>(
        "metric",
        "NAME",
        "'psnr' (default) and 'ssim' by the program ffmpeg, 'vmaf' by the program vmaf.",
        ValueText.OneOf(("psnr", Streams.Comparing.Metric.Psnr), ("ssim", Streams.Comparing.Metric.Ssim), ("vmaf", Streams.Comparing.Metric.Vmaf)));

    public static readonly Setting<string> Tool = new ValueSetting<string>(
        "tool",
        "COMMAND",
        "Measure with this program instead: its arguments hold {reference} and {distorted}, and may hold {width} {height} {pixfmt} {subsampling} "
            + "{bitdepth} {rate} {output}. Its scores are the numbers of the JSON object, or the one number, that it writes.",
        text => text);

    public static readonly Setting<VideoForm> Form = new ValueSetting<VideoForm>(
        "form",
        "FORM",
        "How --tool gets its frames: 'y4m' (default) or 'raw'.",
        ValueText.OneOf(("y4m", VideoForm.Y4m), ("raw", VideoForm.Raw)));

    public static readonly Setting<ScalingFilter?> Scaler = new ValueSetting<ScalingFilter?>(
        "scaler",
        "FILTER",
        "Brings the distorted clip to the reference's size: 'bicubic' (default), 'bilinear', 'lanczos', 'spline', 'area' or 'point'. 'none' makes another size a fault.",
        ValueText.OneOf<ScalingFilter?>(
            ("bicubic", ScalingFilter.Bicubic),
            ("bilinear", ScalingFilter.Bilinear),
            ("lanczos", ScalingFilter.Lanczos),
            ("spline", ScalingFilter.Spline),
            ("area", ScalingFilter.Area),
            ("point", ScalingFilter.Point),
            (NoScaler, null)));

    public static readonly Setting<bool> AnyRate = new FlagSetting("any-rate", "Compare clips of different frame rates frame by frame; without it that is a fault.");

    public static readonly Setting<bool> AnyLength = new FlagSetting("any-length", "Compare up to the shorter clip's end; without it another length is a fault.");

    public static readonly Setting<bool> NoFifo = new FlagSetting("no-fifo", "Write the frames into files first, for programs that jump about in their input.");

    public static readonly Setting<bool> Json = new FlagSetting("json", "One JSON object on standard output.");

    public static readonly Setting<TimeSpan> Timeout = new ValueSetting<TimeSpan>(
        "timeout", "SECONDS", $"Hard deadline of one try at a pair, default {Guard.Deadline.TotalSeconds}.", ValueText.Seconds);

    public static readonly Setting<TimeSpan> Stall = new ValueSetting<TimeSpan>(
        "stall",
        "SECONDS",
        $"How long a pair may go without progress: no clip decoded on, no byte moved, no CPU used by the program. Default {Guard.StallLimit.TotalSeconds}.",
        ValueText.Seconds);

    public static readonly Setting<int> Pairs = new ValueSetting<int>(
        "pairs", "N", $"Pairs compared at the same time, each in three processes. Default: half the number of cores, here {Guard.Groups}.", ValueText.Count);

    public static readonly Setting<int> DecoderThreads = new ValueSetting<int>("decoder-threads", "N", "Threads of each decoder, default 1.", ValueText.Count);

    public static readonly Setting<string> Manifest = new ValueSetting<string>(
        "manifest", "FILE", "Compare the pairs that the rows of this JSON Lines, CSV or TSV file name, instead of REFERENCE and DISTORTED.", ValueText.FilePath);

    public static readonly Setting<string> ReferenceColumn = new ValueSetting<string>(
        "reference-column", "NAME", "The field of a row that names the reference, default 'reference'.", text => text);

    public static readonly Setting<string> DistortedColumn = new ValueSetting<string>(
        "distorted-column", "NAME", "The field of a row that names the distorted clip, default 'distorted'.", text => text);

    public static readonly Setting<string> Out = new ValueSetting<string>(
        "out", "FOLDER", $"With --manifest: receives scores.jsonl and faults.jsonl, default {RunSettings.DefaultOut}.", ValueText.FilePath);

    public static IReadOnlyList<Setting> All { get; } =
    [
        Metric, Tool, Form, Scaler, AnyRate, AnyLength, NoFifo, Json, Timeout, Stall, Pairs, DecoderThreads, GuardSettings.Sandbox, GuardSettings.HelperMemory,
        Manifest, ReferenceColumn, DistortedColumn, Out, RunSettings.Root,
    ];

    /// <summary>How tool runs are guarded.</summary>
    public static StreamOptions ReadGuard(SettingSources sources) => Guard with
    {
        Deadline = sources.Get(Timeout, Guard.Deadline),
        StallLimit = sources.Get(Stall, Guard.StallLimit),
        Groups = sources.Get(Pairs, Guard.Groups),
        WorkFiles = sources.Get(NoFifo, false),
        Sandbox = sources.Get(GuardSettings.Sandbox, Guard.Sandbox),
        HelperMemoryBytes = sources.Get(GuardSettings.HelperMemory, Guard.HelperMemoryBytes),
    };

    /// <summary>What is measured, and how.</summary>
    /// <exception cref="UsageException">A value is not usable.</exception>
    public static ComparisonOptions ReadComparison(SettingSources sources)
    {
        string? tool = sources.OriginOf(Tool) is null ? null : sources.Get(Tool, string.Empty);
        if (tool is not null && sources.OriginOf(Metric) is { } metric)
        {
            throw new UsageException($"{metric} and {sources.OriginOf(Tool)} both say what to measure with: give one or the other");
        }

        try
        {
            return new ComparisonOptions
            {
                Metric = sources.Get(Metric, Streams.Comparing.Metric.Psnr),
                Tool = tool is null ? null : ToolCommand.Parse(tool),
                Form = sources.Get(Form, VideoForm.Y4m),
                Scaler = sources.Get(Scaler, ScalingFilter.Bicubic),
                AnyFrameRate = sources.Get(AnyRate, false),
                AnyLength = sources.Get(AnyLength, false),
                DecoderThreads = sources.Get(DecoderThreads, 1),
            };
        }
        catch (FormatException trouble)
        {
            throw new UsageException($"{sources.OriginOf(Tool)}: {trouble.Message}", trouble);
        }
    }
}

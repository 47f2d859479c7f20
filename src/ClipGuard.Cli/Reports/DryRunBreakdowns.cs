using ClipGuard.Cli.Screens;
using ClipGuard.DryRuns;
using ClipGuard.Media;

namespace ClipGuard.Cli.Reports;

/// <summary>Verdicts by what clips have in common.</summary>
/// <param name="summary">What the run says of its decoders.</param>
internal sealed class DryRunBreakdowns(DryRunSummary summary)
{
    private const string Unknown = "not known";

    private readonly NameCounts _kinds = new("Kind", "kinds");
    private readonly NameCounts _folders = new("Folder", "folders");
    private readonly NameCounts _codecs = new("Codec", "codecs");
    private readonly NameCounts _containers = new("Container", "containers");
    private readonly NameCounts _resolutions = new("Resolution", "resolutions");
    private readonly NameCounts _decoders = new("Decoder", "decoders");

    /// <summary>Counts a clip that decoded.</summary>
    public void AddGood(DecodedClipRecord clip) => Add(
        ClipFate.Good,
        clip.Kind,
        clip.Clip,
        clip.Codec ?? Unknown,
        clip.Container is { } name ? ShortContainer(name) : Unknown,
        Resolution(clip.Width, clip.Height));

    /// <summary>Counts a clip with a fault.</summary>
    /// <param name="clip">Its record.</param>
    /// <param name="look">What a second look told; null where there was none.</param>
    public void AddBad(ClipFaultRecord clip, BadClipInspection? look) => Add(
        ClipFate.Bad,
        clip.Kind,
        clip.Clip,
        look?.Stream?.Codec ?? Unknown,
        look is not null ? ShortContainer(look.Format) : NameEnding(clip.Clip),
        look is null ? Unknown : Resolution(look.Stream?.Width, look.Stream?.Height));

    /// <summary>Counts a clip that nobody knows the truth of.</summary>
    public void AddUnsettled(UnsettledRecord clip) => Add(ClipFate.Unsettled, clip.Kind, clip.Clip, Unknown, NameEnding(clip.Clip), Unknown);

    /// <summary>What was counted.</summary>
    public IReadOnlyList<ReportBreakdown> Draw() =>
        [_kinds.Draw(), _folders.Draw(), _codecs.Draw(), _containers.Draw(), _resolutions.Draw(), _decoders.Draw()];

    /// <summary>The folder that a clip is in, as the manifest writes it.</summary>
    public static string FolderOf(string clip) =>
        clip.StartsWith("data:", StringComparison.Ordinal) || clip.StartsWith('{') ? "(in the manifest)"
        : clip.LastIndexOf('/') is > 0 and var end ? clip[..end]
        : "(no folder)";

    /// <summary>A container's first name: FFmpeg's <c>mov,mp4,m4a,3gp,3g2,mj2</c> is <c>mov</c>.</summary>
    public static string ShortContainer(string name)
    {
        string first = name.Split(',')[0];
        return first.EndsWith("_pipe", StringComparison.Ordinal) ? first[..^"_pipe".Length] : first;
    }

    /// <summary>What a picture measures.</summary>
    public static string Resolution(int? width, int? height) => width is > 0 && height is > 0 ? $"{width}×{height}" : "–";

    private static string NameEnding(string clip) =>
        Path.GetExtension(clip) is { Length: > 1 and <= 8 } ending ? $"by name: {ending.ToLowerInvariant()}" : Unknown;

    private void Add(ClipFate fate, ClipKind kind, string clip, string codec, string container, string resolution)
    {
        _kinds.Add(Wording.Lower(kind), fate);
        _folders.Add(FolderOf(clip), fate);
        _codecs.Add(codec, fate);
        _containers.Add(container, fate);
        _decoders.Add(kind == ClipKind.Audio && summary.Settings.Audio.Decoder is { } other ? Path.GetFileName(other) : summary.Versions.Decoder, fate);
        if (kind != ClipKind.Audio)
        {
            _resolutions.Add(resolution, fate);
        }
    }
}

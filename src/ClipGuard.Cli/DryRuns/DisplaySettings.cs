using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;

namespace ClipGuard.Cli.DryRuns;

/// <summary>How a dry run, or the merge of several, is shown.</summary>
internal static class DisplaySettings
{
    public static readonly SettingGroup Group = new(OutputSettings.Group.Heading);

    public static readonly Setting<bool> Quiet = Group.Flag("quiet", "Write nothing to standard output; files, exit code and warnings say it all.");

    public static readonly Setting<bool> Json = Group.Flag(
        "json", "Lines of JSON on standard output: what begins, every ten seconds how far it is, and what was found.");

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">Both were.</exception>
    public static ScreenMode Read(SettingSources sources) => (sources.Get(Quiet, false), sources.Get(Json, false)) switch
    {
        (true, true) => throw new UsageException($"{sources.OriginOf(Quiet)} and {sources.OriginOf(Json)} do not go together"),
        (true, _) => ScreenMode.Quiet,
        (_, true) => ScreenMode.Json,
        _ => ScreenMode.Usual,
    };
}

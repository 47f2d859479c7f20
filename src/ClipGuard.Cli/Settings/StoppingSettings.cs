using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Settings;

/// <summary>Where a dry run stops before the end of its manifest.</summary>
internal static class StoppingSettings
{
    public static readonly SettingGroup<DryRunOptions> Group = new("Stopping early", OutputSettings.Group.Unset);

    public static readonly Setting<int> FirstRows = Group.Value(
        "first-rows",
        "N",
        $"Stop where all clips of the first N rows are missing or stay unsettled, default {OutputSettings.Group.Unset.FirstRows}.",
        SettingTextParser.Count,
        (run, rows) => run with { FirstRows = rows, Budget = run.Budget with { Probation = rows } });

    public static readonly Setting<bool> KeepGoing = Group.Flag(
        "keep-going",
        "Go on where none of the first rows gives data.",
        (run, keepGoing) => run with { KeepGoing = keepGoing });

    public static readonly Setting<long> MaxFaults = Group.Value(
        "max-faults",
        "N",
        "Stop at more faulty rows than N. Default: any number.",
        SettingTextParser.LongCount,
        (run, faults) => run with { Budget = run.Budget with { MaxFaults = faults } });

    public static readonly Setting<double> MaxFaultRate = Group.Value(
        "max-fault-rate",
        "SHARE",
        "Stop at a larger share of faulty rows, once the first rows were tried. Default 1, which is none too large.",
        SettingTextParser.Share,
        (run, share) => run with { Budget = run.Budget with { MaxRate = share } });
}

using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Screens;

/// <summary>What a person sees of a dry run.</summary>
internal interface IDryRunScreen
{
    /// <summary>Says what is about to run.</summary>
    void Begin(string header, string manifest);

    /// <summary>Shows how far the run is until it ends, however it ends; its failure is the caller's to observe.</summary>
    Task WatchAsync(DryRunProgress progress, Task run);

    /// <summary>Shows what was found.</summary>
    void End(DryRunFindings findings);
}

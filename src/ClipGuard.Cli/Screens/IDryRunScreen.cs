namespace ClipGuard.Cli.Screens;

/// <summary>What a person sees of a dry run.</summary>
internal interface IDryRunScreen : IProgressScreen
{
    /// <summary>Says what is about to run.</summary>
    void Begin(string header, string manifest);

    /// <summary>Shows what was found.</summary>
    void End(DryRunFindings findings);
}

namespace ClipGuard.Cli.Screens;

/// <summary>What a person sees of a dry run.</summary>
internal interface IDryRunScreen : IProgressScreen
{
    /// <summary>Says what is about to run.</summary>
    void Begin(string header, string manifest);

    /// <summary>Says how the manifest's first row was understood.</summary>
    void Reads(string firstRow);

    /// <summary>Says that the run goes on behind so many rows.</summary>
    void GoesOn(long rows);

    /// <summary>Shows what was found.</summary>
    void End(DryRunEndView findings);
}

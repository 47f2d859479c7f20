namespace ClipGuard.Cli.Screens;

/// <summary>Shows a person how far something is that takes long.</summary>
internal interface IProgressScreen
{
    /// <summary>Shows it until the run ends, however it ends; its failure is the caller's to observe.</summary>
    Task WatchAsync(IShownProgress progress, Task run);
}

namespace ClipGuard.Cli.Screens;

/// <summary>Shows a person how far something is that takes long.</summary>
internal interface IProgressScreen
{
    /// <summary>Shows it until the run ends, however it ends; its failure is the caller's to observe.</summary>
    Task WatchAsync(IShownProgress progress, Task run);
}

/// <summary>How a run is shown.</summary>
internal static class Watching
{
    /// <summary>
    /// Shows a run until it has ended, and throws what it threw. A screen that fails, be it that the terminal has gone away or that the disk behind the
    /// output is full, ends the showing and not the run.
    /// </summary>
    public static async Task ShowAsync(this IProgressScreen screen, IShownProgress progress, Task run)
    {
        try
        {
            await screen.WatchAsync(progress, run).ConfigureAwait(false);
        }
        catch (IOException)
        {
        }
        finally
        {
            // The caller disposes of the supervisor next, so the run has to have ended, also where the screen failed before it.
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await run.ConfigureAwait(false);
    }
}

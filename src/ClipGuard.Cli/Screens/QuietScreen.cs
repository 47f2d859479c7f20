namespace ClipGuard.Cli.Screens;

/// <summary>For those who ask the exit code and the files alone.</summary>
internal sealed class QuietScreen : IDryRunScreen
{
    /// <inheritdoc/>
    public void Begin(string header, string manifest)
    {
    }

    /// <inheritdoc/>
    public void Reads(string firstRow)
    {
    }

    /// <inheritdoc/>
    public void GoesOn(long rows)
    {
    }

    /// <inheritdoc/>
    public Task WatchAsync(IShownProgress progress, Task run) => Task.WhenAny(run);

    /// <inheritdoc/>
    public void End(DryRunEndView findings)
    {
    }
}

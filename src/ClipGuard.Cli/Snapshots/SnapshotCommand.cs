using System.CommandLine;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Verdicts;

namespace ClipGuard.Cli.Snapshots;

/// <summary><c>clipguard snapshot STORE</c>.</summary>
internal static class SnapshotCommand
{
    // Longer than a run is likely to find nothing that it would write down.
    private static readonly TimeSpan UntouchedFor = TimeSpan.FromDays(1);

    private static readonly SettingGroup Group = new(VerdictStoreSettings.Group.Heading);

    private static readonly Setting<string[]> Conditions = Group.Value(
        "settings",
        "NAMES",
        "Which verdicts count, by the names of the settings that they were come to under, one for each kind of clip, as '4c1f0b…,9a77d2…'. "
            + "Default: all, where the store has one for each kind.",
        static text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        AllowedSources.CommandLine);

    private static readonly Setting<bool> Compact = Group.Flag(
        "compact", "Before that, bring files of the store together that nothing was written to for a day.");

    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var folder = new Argument<string>("store") { HelpName = "STORE", Description = "The verdict store, as dry-run has it under --verdicts." };
        return new Verb(
            "snapshot",
            "Makes a snapshot of a verdict store for the ranks of a training, and prints its id.",
            [folder],
            [Group],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(folder)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string folder)
    {
        using var stop = new StopSignals(() => invocation.Console.Note("stopping; once more ends at once"));
        string path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
        {
            throw new UsageException($"there is no verdict store {path}");
        }

        try
        {
            if (invocation.Sources.Get(Compact, false))
            {
                int files = VerdictStoreMaintenance.Compact(path, UntouchedFor, stop.Token);
                invocation.Console.Note($"{Wording.Count(files, "file")} brought together");
            }

            StoreSnapshot snapshot = VerdictStoreMaintenance.TakeSnapshot(path, invocation.Sources.Get(Conditions, []), stop.Token);
            invocation.Console.Note($"{Wording.Count(snapshot.ClipCount, "clip")} without data in {PrintableText.Line(snapshot.Path)}");
            await Console.Out.WriteLineAsync(snapshot.Id).ConfigureAwait(false);
            return ExitCode.Clean;
        }
        catch (SnapshotException refused)
        {
            throw new UsageException(refused.Message);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
    }
}

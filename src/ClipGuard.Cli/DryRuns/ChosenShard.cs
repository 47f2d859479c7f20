using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Launchers;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Cli.DryRuns;

/// <summary>The part of the manifest that a run reads.</summary>
/// <param name="Number">Which part.</param>
/// <param name="Source">Who said so.</param>
internal sealed record ChosenShard(ShardNumber Number, string Source)
{
    /// <summary>What is asked for; null where that is the whole manifest.</summary>
    /// <param name="sources">Where settings come from.</param>
    /// <param name="manifestPaths">The manifest, as the user named it.</param>
    /// <param name="folder">The folder for all parts.</param>
    /// <exception cref="UsageException">It does not go with what else is asked for, or no launcher says anything.</exception>
    public static ChosenShard? Read(SettingSources sources, IReadOnlyList<string> manifestPaths, string folder)
    {
        if (sources.OriginOf(ManifestSettings.Shard) is not { } origin)
        {
            return null;
        }

        // What the parts leave is put together, and then it has to be what one run of the whole would leave.
        string? contradiction = manifestPaths.Contains("-") ? "standard input, which is read once from its start"
            : sources.OriginOf(ManifestSettings.Limit) ?? sources.OriginOf(OutputSettings.Clean);
        if (contradiction is not null)
        {
            throw new UsageException($"{origin} does not go with {contradiction}; 'clipguard merge' takes {OutputSettings.Clean.OptionName}");
        }

        ChosenShard chosen = sources.Get(ManifestSettings.Shard, null) is { } said ? new ChosenShard(said, origin) : OfLauncher(origin);

        // A job that was sent again with fewer tasks would take another part than it had, and nothing could be put together.
        int? other = !Directory.Exists(folder) ? null : Directory.EnumerateDirectories(folder)
            .Select(static path => ShardNumber.OfFolder(Path.GetFileName(path))?.Count)
            .FirstOrDefault(count => count is not null && count != chosen.Number.Count);
        return other is null ? chosen
            : throw new UsageException(
                $"{folder} holds shards of a manifest cut into {other}, and this would be {chosen.Number}, by {chosen.Source}: "
                + $"say {ManifestSettings.Shard.OptionName} I/{other}, or choose another folder");
    }

    /// <summary>For a person.</summary>
    public override string ToString() => $"shard {Number}, by {Source}";

    private static ChosenShard OfLauncher(string origin)
    {
        try
        {
            var number = ShardNumber.FromEnvironment(out string source);
            return new ChosenShard(number, source);
        }
        catch (LaunchException unsaid)
        {
            throw new UsageException($"{origin} auto: {unsaid.Message}", unsaid);
        }
    }
}

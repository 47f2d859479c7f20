using ClipGuard.Cli.Running;
using ClipGuard.Verdicts;

namespace ClipGuard.Cli.Settings;

/// <summary>Where verdicts are kept that outlive a run.</summary>
internal static class VerdictStoreSettings
{
    public static readonly SettingGroup<VerdictStoreOptions> Group = new("Verdict store", new VerdictStoreOptions { Folder = string.Empty });

    public static readonly Setting<string> Folder = Group.Value(
        "verdicts",
        "FOLDER",
        "Take over verdicts of earlier runs from this folder, and keep new ones there; any number of runs may use it at a time. Default: none.",
        SettingTextParser.FilePath,
        (store, folder) => store with { Folder = folder });

    public static readonly Setting<IdentityKind> Identity = Group.Value(
        "identity",
        "WHAT",
        "What tells a clip's bytes from others: 'metadata' (default), its name, size and time, or 'content', a hash of it.",
        SettingTextParser.OneOf(("metadata", IdentityKind.Metadata), ("content", IdentityKind.Content)),
        (store, identity) => store with { Identity = identity });

    /// <summary>The store; null where none is used.</summary>
    /// <exception cref="UsageException">Something was said of a store that was not named.</exception>
    public static VerdictStoreOptions? Read(SettingSources sources)
    {
        VerdictStoreOptions store = Group.Read(sources);
        return store.Folder.Length > 0 ? store
            : sources.OriginOf(Identity) is null ? null
            : throw new UsageException("--identity says what tells clips apart in a verdict store, and there is none: --verdicts FOLDER names one");
    }
}

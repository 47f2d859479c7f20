using ClipGuard.Cli.Settings;
using ClipGuard.Loading;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Cli.Serving;

/// <summary>Whom <c>clipguard serve</c> decodes for, and which part of a manifest it wants.</summary>
internal static class ServeSettings
{
    public static readonly SettingGroup Connection = new("Connection");

    public static readonly Setting<int> Socket = Connection.Value(
        "socket",
        "N",
        "Descriptor of a socket (SOCK_SEQPACKET) whose other end is the program that started this. Needed.",
        SettingTextParser.CountOrNone,
        allowed: AllowedSources.CommandLine);

    public static readonly SettingGroup<LoaderOptions> Training = new("Training", new LoaderOptions());

    public static readonly Setting<int> Rank = Training.Value(
        "rank",
        "N",
        "Which of the processes that train together wants batches, from 0. Default: what the launcher's variables say.",
        SettingTextParser.CountOrNone,
        static (loader, rank) => loader with { RankInfo = loader.RankInfo with { Rank = rank } });

    public static readonly Setting<int> World = Training.Value(
        "world",
        "N",
        "How many processes train together. Default: what the launcher's variables say.",
        SettingTextParser.Count,
        static (loader, world) => loader with { RankInfo = loader.RankInfo with { World = world } });

    /// <summary>Not among the loader's members: it multiplies rank and world, wherever these come from.</summary>
    public static readonly Setting<ShardNumber?> Part = Training.Value<ShardNumber?>(
        "part",
        "I/N",
        "Which of the N readers of this rank wants batches, from 0: each has an N-th of the rank's batches. Default: the only one.",
        static text => ShardNumber.Parse(text),
        static (loader, _) => loader);

    public static readonly Setting<BadSamplePolicy> OnBadSample = Training.Value(
        "on-bad",
        "WHAT",
        "What a bad sample's place holds: 'substitute' (default), another sample; 'mask', zeros; 'skip', nothing; 'throw' ends the epoch.",
        SettingTextParser.OneOf(
            ("substitute", BadSamplePolicy.Substitute), ("mask", BadSamplePolicy.Mask), ("skip", BadSamplePolicy.Skip), ("throw", BadSamplePolicy.Throw)),
        static (loader, policy) => loader with { OnBadSample = policy });

    public static readonly Setting<ShuffleMode> Shuffle = Training.Value(
        "shuffle",
        "HOW",
        "The order of samples: 'full' (default), 'windowed' or 'none'.",
        SettingTextParser.OneOf(("full", ShuffleMode.Full), ("windowed", ShuffleMode.Windowed), ("none", ShuffleMode.None)),
        static (loader, mode) => loader with { Shuffle = mode });

    public static readonly Setting<int?> ClipsPerSample = Training.Value<int?>(
        "clips-per-sample",
        "N",
        "Most clips of one kind in a sample, default 1; with more, or with 'any', tensors have a dimension for them. A row with more clips is bad.",
        static text => text == "any" ? null : SettingTextParser.Count(text),
        static (loader, clips) => loader with { ClipsPerSample = clips });

    /// <summary>Which process this is of how many.</summary>
    public static RankInfo ReadRank(SettingSources sources)
    {
        bool said = sources.OriginOf(Rank) is not null || sources.OriginOf(World) is not null;
        RankInfo rank = said ? new RankInfo(sources.Get(Rank, 0), sources.Get(World, 1)) : RankInfo.FromEnvironment();
        return sources.Get(Part, null) is { } part ? rank with { Rank = (rank.Rank * part.Count) + part.Index, World = rank.World * part.Count } : rank;
    }
}

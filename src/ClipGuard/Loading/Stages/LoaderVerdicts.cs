using System.Collections.Concurrent;
using System.Globalization;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Loading;

/// <summary>
/// A loader's use of a verdict store: clips that are known to give no data are not decoded, and those that turn out so are written down. What others write is
/// read when an epoch begins. Any number of threads.
/// </summary>
internal sealed class LoaderVerdicts : IAsyncDisposable
{
    private readonly VerdictStore _store;
    private readonly VerdictStoreOptions _options;
    private readonly Dictionary<ClipKind, VerdictConditions> _conditions;
    private readonly TimeProvider _time;

    // What this loader found itself since the epoch began, by the clips' names.
    private readonly ConcurrentDictionary<UInt128, (ByteIdentity Identity, ClipFault Fault)> _found = new();

    private LoaderVerdicts(VerdictStore store, VerdictStoreOptions options, Dictionary<ClipKind, VerdictConditions> conditions, TimeProvider time)
    {
        _store = store;
        _options = options;
        _conditions = conditions;
        _time = time;
    }

    /// <summary>Opens the store.</summary>
    /// <param name="options">The loader's options, with <see cref="LoaderOptions.Verdicts"/>.</param>
    /// <param name="store">Where it is.</param>
    /// <param name="decoder">Decodes.</param>
    /// <param name="manifest">Name of the manifest.</param>
    /// <param name="log">Where the store tells of itself.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Abandons it.</param>
    public static async Task<LoaderVerdicts> OpenAsync(
        LoaderOptions options,
        VerdictStoreOptions store,
        IGuardedDecoder decoder,
        string manifest,
        ILogger log,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var conditions = Enum.GetValues<ClipKind>().Where(kind => options.SpecOf(kind) is not null).ToDictionary(
            static kind => kind, kind => VerdictConditions.Of(decoder, options.Supervision, options.Limits, options.SpecOf(kind)!));
        VerdictStore opened = await VerdictStore.OpenAsync(
            store,
            PortableClipNaming.For(store, manifest, null),
            decoder,
            conditions,
            wantsGood: false,
            string.Create(CultureInfo.InvariantCulture, $"rank{options.RankInfo.Rank}"),
            log,
            time,
            cancellation).ConfigureAwait(false);
        return new LoaderVerdicts(opened, store, conditions, time);
    }

    /// <summary>What clips are called in the store.</summary>
    public PortableClipNaming Naming => _store.Naming;

    /// <summary>Reads what others have found meanwhile. To be called while nothing is decoded.</summary>
    public async Task BeginEpochAsync(CancellationToken cancellation)
    {
        await _store.ReadAgainAsync(cancellation).ConfigureAwait(false);
        _found.Clear();
    }

    /// <summary>Makes a snapshot of what the store has at this moment.</summary>
    /// <returns>Its id.</returns>
    public Task<string> TakeSnapshotAsync(CancellationToken cancellation) => AbandonableRead.RunAsync(
        () =>
        {
            var maker = new SnapshotBuilder(_conditions);
            maker.Read(_options.Folder, cancellation);
            return Task.FromResult(VerdictSnapshot.Write(_options.Folder, _conditions, maker.Faults));
        },
        cancellation);

    /// <summary>Reads a snapshot.</summary>
    public Task<VerdictSnapshot> ReadSnapshotAsync(string id, CancellationToken cancellation) =>
        AbandonableRead.RunAsync(() => Task.FromResult(VerdictSnapshot.Read(_options.Folder, id, _conditions)), cancellation);

    /// <summary>The fault of a clip that is known to have one; null where it is to be decoded.</summary>
    public async ValueTask<ClipFault?> FindAsync(ClipReference clip, CancellationToken cancellation)
    {
        bool isOwn = _found.TryGetValue(Naming.Of(clip).Key, out (ByteIdentity Identity, ClipFault Fault) own);
        if ((!isOwn && !_store.HasFaultyName(clip)) || await _store.ObserveAsync(clip, cancellation).ConfigureAwait(false) is not { } observed)
        {
            return null;
        }

        return isOwn && own.Identity == observed.Identity ? own.Fault
            : (await _store.FindAsync(clip, observed, cancellation).ConfigureAwait(false))?.Fault;
    }

    /// <summary>Writes down that a clip gives no data.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="outcome">Why: an outcome with a fault.</param>
    /// <param name="elapsed">From dispatch to verdict.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async ValueTask AddAsync(ClipReference clip, DecodeOutcome outcome, TimeSpan elapsed, CancellationToken cancellation)
    {
        // The clip was not looked at before it was decoded, as most clips are good; so its files must be older than the decode.
        ClipFault fault = outcome.Fault!;
        DateTimeOffset began = _time.GetUtcNow() - elapsed - TimeSpan.FromSeconds(1);
        ObservedClip? looked = outcome.Fetched is null ? await _store.ObserveAsync(clip, cancellation).ConfigureAwait(false) : null;
        if (_store.ObservedOf(clip, looked, outcome) is not { } observed || observed.ChangedSince(began))
        {
            return;
        }

        await _store.AddAsync(clip, observed, NewVerdict.Of(outcome) with { Elapsed = elapsed }, cancellation).ConfigureAwait(false);
        _found[observed.Identity.Name.Key] = (observed.Identity, fault);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Verdicts;

/// <summary>
/// Verdicts that outlive a run: those that were in the folder when it was opened can be found, and new ones are added to files of this process's own. Any
/// number of threads.
/// </summary>
internal sealed class VerdictStore : IAsyncDisposable
{
    /// <summary>Most good clips of which a store tells: what a process remembers of them stays within 70 MB.</summary>
    public const long MostGood = 10_000_000;

    private readonly IdentityFinder _finder;
    private readonly BoundedStorageQueries _files;
    private readonly VerdictStoreOptions _options;
    private readonly bool _wantsGood;
    private readonly ILogger _log;
    private StoredVerdicts _stored;
    private readonly Dictionary<ClipKind, (VerdictConditions Conditions, string Id)> _conditions;
    private readonly StoreWriter _facts;
    private readonly StoreWriter _faults;
    private readonly ReusedHelperFaultBuffer _doubtful = new();
    private readonly IGuardedDecoder _decoder;
    private readonly TimeProvider _time;

    private VerdictStore(
        VerdictStoreOptions options,
        PortableClipNaming naming,
        IGuardedDecoder decoder,
        IReadOnlyDictionary<ClipKind, VerdictConditions> conditions,
        StoredVerdicts stored,
        bool wantsGood,
        string? rank,
        ILogger log,
        TimeProvider time)
    {
        _options = options;
        _decoder = decoder;
        _wantsGood = wantsGood;
        _log = log;
        _finder = new IdentityFinder(naming, options.Identity, decoder.LookAsync, time);
        _files = new BoundedStorageQueries(1, IdentityFinder.Limit, time);
        Naming = naming;
        _stored = stored;
        _conditions = conditions.ToDictionary(static pair => pair.Key, static pair => (pair.Value, pair.Value.Id));
        string writer = StoreWriter.NewName(rank, time);
        _facts = new StoreWriter(options.Folder, StoreFileKind.Facts, writer, log, time);
        _faults = new StoreWriter(options.Folder, StoreFileKind.Faults, writer, log, time);
        _time = time;
    }

    /// <summary>What clips are called.</summary>
    public PortableClipNaming Naming { get; }

    /// <summary>Good clips that were in the store.</summary>
    public long Good => _stored.Good;

    /// <summary>Makes the folder where there is none, and reads what it has.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="naming">What clips are called.</param>
    /// <param name="decoder">Decodes the clips, and asks servers.</param>
    /// <param name="conditions">What verdicts are come to under, for each kind of clip.</param>
    /// <param name="wantsGood">Whether good clips are to be found, too.</param>
    /// <param name="rank">Which of several processes this is, for the name of its files; null for the only one.</param>
    /// <param name="log">Where the store tells of itself.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Abandons the reading.</param>
    /// <exception cref="OutputException">The folder cannot be made or read.</exception>
    public static Task<VerdictStore> OpenAsync(
        VerdictStoreOptions options,
        PortableClipNaming naming,
        IGuardedDecoder decoder,
        IReadOnlyDictionary<ClipKind, VerdictConditions> conditions,
        bool wantsGood,
        string? rank,
        ILogger log,
        TimeProvider time,
        CancellationToken cancellation) => AbandonableRead.RunAsync(
            () => Task.FromResult(new VerdictStore(
                options, naming, decoder, conditions, ReadStored(options, conditions.Values, wantsGood, log, cancellation), wantsGood, rank, log, time)),
            cancellation);

    /// <summary>Reads the folder once more, with what was added since. To be called while nobody asks for verdicts.</summary>
    public async Task ReadAgainAsync(CancellationToken cancellation)
    {
        StoredVerdicts before = _stored;
        _stored = await AbandonableRead.RunAsync(
            () => Task.FromResult(ReadStored(_options, _conditions.Values.Select(static one => one.Conditions), _wantsGood, _log, cancellation)),
            cancellation).ConfigureAwait(false);
        before.Dispose();
    }

    /// <summary>
    /// Which bytes a clip has now; null where that is not known. Asked before a clip is decoded. Of an object at an address its server is asked only where the
    /// store has something of it.
    /// </summary>
    public ValueTask<ObservedClip?> ObserveAsync(ClipReference clip, CancellationToken cancellation) =>
        IdentityFinder.IsWholeObject(clip.Source) && !KnowsObject(clip) ? default : _finder.FindAsync(clip, cancellation);

    /// <summary>Whether a clip is a single object at an address of which the store has something, whatever bytes that has now.</summary>
    public bool KnowsObject(ClipReference clip) => IdentityFinder.IsWholeObject(clip.Source) && _stored.HasObject(Naming.Of(clip));

    /// <summary>Which bytes a clip had that was decoded.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="before">What was observed before it was decoded.</param>
    /// <param name="outcome">What came of it: of an object at an address it is that which was fetched.</param>
    public ObservedClip? ObservedOf(ClipReference clip, ObservedClip? before, DecodeOutcome outcome) => !IdentityFinder.IsWholeObject(clip.Source) ? before
        : outcome.Fetched is { } fetched ? _finder.OfObject(clip, fetched) : null;

    /// <summary>The verdict on a clip with these bytes; null where the store has none.</summary>
    public async ValueTask<FoundVerdict?> FindAsync(ClipReference clip, ObservedClip observed, CancellationToken cancellation)
    {
        UInt128 key = observed.Identity.KeyUnder(_conditions[clip.Kind].Id);
        if (_stored.IsGood(key))
        {
            TrackFacts? facts = await _files.AskAsync(_ => _stored.FactsOf(key), cancellation).ConfigureAwait(false);
            return new FoundVerdict(null) { Facts = facts };
        }

        return _stored.FaultOf(key) is { } place
            && await _files.AskAsync(_ => StoredVerdicts.ReadFault(place), cancellation).ConfigureAwait(false) is { } fault
                ? new FoundVerdict(fault.ToFault(clip.Path))
                : null;
    }

    /// <summary>Whether a clip of this name had a fault, so that it is worth while to look which bytes it has.</summary>
    public bool HasFaultyName(ClipReference clip) => _stored.HasFaultyName(Naming.Of(clip));

    /// <summary>Keeps a verdict, unless the clip's files have changed since it was observed. Nothing is kept of what is unsettled.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="observed">What it was before it was decoded.</param>
    /// <param name="verdict">What came of it.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async ValueTask AddAsync(ClipReference clip, ObservedClip observed, NewVerdict verdict, CancellationToken cancellation)
    {
        // A file that is there and cannot be read is Missing, too; its permissions may change, which its time does not show.
        bool isMissing = verdict.Fault?.Kind == FaultKind.Missing;
        if (verdict.IsUnsettled || isMissing != observed.Identity.IsAbsent
            || !await _finder.IsUnchangedAsync(observed, cancellation).ConfigureAwait(false))
        {
            return;
        }

        (VerdictConditions conditions, string id) = _conditions[clip.Kind];
        var line = StoreLine.Of(observed.Identity, id, _time.GetUtcNow().ToUnixTimeSeconds(), verdict.Elapsed);
        StoreWriter writer = verdict.Fault is null ? _facts : _faults;
        line = line with { Fault = verdict.Fault is { } fault ? StoredFault.Of(fault, clip.Path) : null, Facts = verdict.Facts };

        // The store's own storage may hang: then this verdict is not kept, and the run goes on.
        await _files.AskAsync(
            _ =>
            {
                // One thread asks, so that these come one after the other.
                ReuseAfterFaultReport reuse = _decoder.Reuse;
                KeepReleased(reuse, isEnd: false);
                if (!verdict.IsUnconfirmed)
                {
                    writer.Add(line, conditions);
                }
                else if (reuse.Disagreement is null)
                {
                    _doubtful.Hold(line, conditions, reuse);
                }

                return writer;
            },
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _files.AskAsync(
            _ =>
            {
                KeepReleased(_decoder.Reuse, isEnd: true);
                _facts.Dispose();
                _faults.Dispose();
                return _facts;
            },
            CancellationToken.None).ConfigureAwait(false);
        _finder.Dispose();
        _files.Dispose();
        _stored.Dispose();
    }

    private void KeepReleased(ReuseAfterFaultReport reuse, bool isEnd)
    {
        foreach ((StoreLine line, VerdictConditions conditions) in _doubtful.Release(reuse, isEnd))
        {
            _faults.Add(line, conditions);
        }
    }

    private static StoredVerdicts ReadStored(
        VerdictStoreOptions options, IEnumerable<VerdictConditions> conditions, bool wantsGood, ILogger log, CancellationToken cancellation)
    {
        var stored = new StoredVerdicts(conditions, MostGood, log);
        try
        {
            Directory.CreateDirectory(options.Folder);
            stored.Read(options.Folder, wantsGood, cancellation);
            log.StoreRead(options.Folder, stored.Good, stored.Faults);
            return stored;
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            stored.Dispose();
            throw new OutputException($"the verdict store {options.Folder} cannot be used: {error.Message.TrimEnd('.')}", error);
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    /// <summary>A verdict that the store has.</summary>
    /// <param name="Fault">Why the clip gives no data; null where it does.</param>
    internal sealed record FoundVerdict(ClipFault? Fault)
    {
        /// <summary>What the decoder said of a clip that decoded; null where the store does not tell.</summary>
        public TrackFacts? Facts { get; init; }
    }
}

using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Supervision.Fetching;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.ReadingAhead;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClipGuard.Supervision;

/// <summary>
/// Decodes clips so that none of them can stall the caller: each decode runs in a helper process of its own,
/// under a deadline and a stall limit that hold whatever the decode does. May be called from any number of threads.
/// </summary>
/// <remarks>
/// <see cref="DecodeAsync(DecodeRequest, CancellationToken)"/> gives a clip or a <see cref="ClipFault"/>; expected failure never throws.
/// After a timeout, stall, crash, unbelievable answer or death for want of memory the clip is tried once more, in a helper that has decoded nothing before
/// and with one decoder thread; only a second failure is a fault of the clip. What the decoder itself finds (missing, unsupported, corrupt, too large)
/// is one at once; now and then a fresh helper is asked as well (<see cref="SupervisorOptions.ConfirmOneIn"/>). A failure of the infrastructure, which says
/// nothing about the clip, is tried again in another helper; the third one in a row leaves it unsettled. Where no helper can be started at all, that is thrown
/// as <see cref="HelperUnavailableException"/>.
/// </remarks>
public sealed class Supervisor : ISupervisor, IGuardedDecoder
{
    private readonly SupervisorOptions _options;
    private readonly IDecodingBackend _decoding;
    private readonly ClipFetcher _fetcher;
    private readonly ReadAheadScheduler? _readAhead;
    private volatile bool _disposed;

    private Supervisor(SupervisorOptions options, IDecodingBackend decoding)
    {
        _options = options;
        _decoding = decoding;
        _fetcher = new ClipFetcher(options.Fetching, options.Deadline);
        if (options.Isolation != IsolationMode.InProcess && options.ReadAhead.Reads > 0)
        {
            TimeSpan timeout = options.ReadAheadTimeout ?? TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(2).Ticks, options.Deadline.Ticks / 4));
            _readAhead = new ReadAheadScheduler(options.ReadAhead, _fetcher, timeout)
            {
                // Root's helpers at that level read no other users' files.
                ReadsFiles = options.Sandbox != SandboxLevel.Strict || !Capabilities.Has(Capabilities.DacReadSearch),
            };
        }
    }

    /// <summary>Name and version of what decodes, as in <c>FFmpeg 5.1.9</c>.</summary>
    public string DecoderVersion => _decoding.DecoderVersion;

    /// <summary>
    /// Paths of the FFmpeg libraries in use: libavutil, libswresample, libswscale, libavcodec, libavformat. Empty where helpers are somebody else's program.
    /// </summary>
    public IReadOnlyList<string> DecoderFiles => _decoding.DecoderFiles;

    /// <summary>Name and version of the helper program; empty for <see cref="IsolationMode.InProcess"/>.</summary>
    public string HelperVersion => _decoding.HelperVersion;

    /// <summary>The sandbox level that is in force: what was asked for, or what this kernel can do; the lowest, where helpers differ.</summary>
    public SandboxLevel Sandbox => _decoding.Sandbox;

    /// <summary>What came so far of helpers that stayed in use after they had found a fault; all zeros where there are none.</summary>
    public ReuseAfterFaultReport Reuse => _decoding.Reuse;

    /// <summary>What was read ahead of decodes so far; all zeros where nothing is.</summary>
    public ReadAheadReport ReadAhead => _readAhead?.Report ?? new ReadAheadReport();

    /// <summary>Names and versions of the libraries that decode, as the helper program tells them; empty for <see cref="IsolationMode.InProcess"/>.</summary>
    public IReadOnlyDictionary<string, string> Libraries => _decoding.Libraries;

    /// <summary>Which of <c>audio</c>, <c>video</c>, <c>image</c> and <c>inspect</c> the helper program decodes; all of them for ClipGuard's own.</summary>
    public IReadOnlyList<string> Kinds => _decoding.Kinds;

    /// <inheritdoc/>
    int IGuardedDecoder.ReadsAhead => _readAhead is null ? 0 : _options.ReadAhead.Clips;

    /// <summary>Helpers that are warm and without work at this moment.</summary>
    internal int ReadyHelpers => _decoding.ReadyHelpers;

    /// <summary>Starts helpers and waits until the first is ready.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="loggerFactory">Where first failures, kills and slow starts are logged; null for nowhere.</param>
    /// <param name="cancellation">Ends the wait; what was started is then ended too.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="HelperUnavailableException">No helper can be started; the message says why and what to do.</exception>
    public static async Task<Supervisor> StartAsync(
        SupervisorOptions options, ILoggerFactory? loggerFactory = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<Supervisor>();
        IDecodingBackend decoding = options.Isolation == IsolationMode.InProcess ? new InProcessDecodingBackend(options)
            : await HelperDecodingBackend.StartAsync(options, logger, cancellation).ConfigureAwait(false);
        try
        {
            return new Supervisor(options, decoding);
        }
        catch
        {
            await decoding.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Decodes one clip under guard.</summary>
    /// <param name="request">What to decode, as what.</param>
    /// <param name="cancellation">Ends the decode and its helper; never counted as a fault.</param>
    /// <returns>The clip with its bytes, or the fault. The caller disposes it, soon: until then a helper belongs to it.</returns>
    /// <exception cref="ArgumentException">
    /// The request's spec asks for what cannot be (no frames, a size of 0), for a kind that the helper program does not decode (<see cref="Kinds"/>), or names
    /// an audio decoder that helpers do not load.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller gave up, or the supervisor was disposed meanwhile.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed before.</exception>
    /// <exception cref="HelperUnavailableException">Helpers cannot be started.</exception>
    public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, CancellationToken cancellation = default) =>
        DecodeAsync(request, onFirstFailure: null, cancellation);

    /// <inheritdoc cref="DecodeAsync(DecodeRequest, CancellationToken)"/>
    /// <param name="request">What to decode, as what.</param>
    /// <param name="onFirstFailure">
    /// Called after a first failure that is tried once more, when the second attempt has been asked for: time to prepare for a fault.
    /// What it throws is thrown once the second attempt is over.
    /// </param>
    /// <param name="cancellation">Ends the decode and its helper; never counted as a fault.</param>
    public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation) =>
        DecodeAsync(new DecodeCall(request, DecodeTimeLimits.ForCaller(_options)) { OnFirstFailure = onFirstFailure }, cancellation);

    /// <summary>Decodes a clip that has failed once, for a caller that ended before there was a second attempt: this is the second one.</summary>
    /// <inheritdoc cref="DecodeAsync(DecodeRequest, CancellationToken)"/>
    /// <param name="request">What to decode, as what.</param>
    /// <param name="firstFailure">How it failed, as <see cref="DecodeAsync(DecodeRequest, Action{ClipFault}, CancellationToken)"/> told.</param>
    /// <param name="cancellation">Ends the decode and its helper; never counted as a fault.</param>
    public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation = default) =>
        DecodeAsync(new DecodeCall(request, DecodeTimeLimits.ForCaller(_options)) { FirstFailure = firstFailure }, cancellation);

    /// <summary>
    /// Decodes a clip that was unsettled, for a caller who can wait: each attempt has its deadline and its stall limit in usable time alone, up to
    /// <see cref="SupervisorOptions.SettlingLimit"/> on the wall.
    /// </summary>
    /// <inheritdoc cref="DecodeAsync(DecodeRequest, CancellationToken)"/>
    public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation = default) =>
        DecodeAsync(new DecodeCall(request, DecodeTimeLimits.ToSettle(_options)), cancellation);

    /// <inheritdoc/>
    IReadAheadClip? IGuardedDecoder.Announce(ClipSource source) => _readAhead?.Announce(source);

    /// <summary>Asks what a server says of the object at an address now, without fetching it.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>Null where the server does not say.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up, or the supervisor was disposed meanwhile.</exception>
    internal async ValueTask<ObjectMetadata?> LookAsync(Uri address, CancellationToken cancellation) =>
        await _fetcher.LookAsync(address, cancellation).ConfigureAwait(false);

    ValueTask<ObjectMetadata?> IGuardedDecoder.LookAsync(Uri address, CancellationToken cancellation) => LookAsync(address, cancellation);

    /// <summary>Ends all decodes and all helpers. When this is done they have exited and are reaped.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        _fetcher.Dispose();
        await _decoding.DisposeAsync().ConfigureAwait(false);

        // Only now: helpers may have been sent descriptors of what was read until a moment ago.
        if (_readAhead is not null)
        {
            await _readAhead.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    string? IGuardedDecoder.FindMistake(ClipSpec spec) => SpecSupportCheck.Find(spec, _decoding, _options.AudioDecoders);

    private void RefuseMistakes(DecodeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (SpecSupportCheck.Find(request.Spec, _decoding, _options.AudioDecoders) is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(request));
        }
    }

    private async ValueTask<DecodeOutcome> DecodeAsync(DecodeCall call, CancellationToken cancellation)
    {
        RefuseMistakes(call.Request);
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            DecodeOutcome outcome = await FetchAndDecodeAsync(call, cancellation).ConfigureAwait(false);
            return outcome is FaultOutcome fault && _decoding.ProgramFor(call.Request.Spec) is { } program ? fault.FoundBy(program) : outcome;
        }
        catch (ObjectDisposedException error) when (_disposed)
        {
            // The decode was under way, between two attempts or while it was fetched. The caller is told the same as when an attempt is cut short: cancelled.
            throw new OperationCanceledException("The supervisor was disposed while the clip was decoded.", error);
        }
    }

    private async ValueTask<DecodeOutcome> FetchAndDecodeAsync(DecodeCall call, CancellationToken cancellation)
    {
        ClipFetchResult? ahead = null;
        ObjectMetadata? fetchedObject = null;
        if (call.Request.Source is ReadAheadSource { Clip: var clip })
        {
            ReadAheadResult taken = await _readAhead!.TakeAsync(clip, cancellation).ConfigureAwait(false);
            ahead = taken.Fetched;
            fetchedObject = taken.Object;
            call = call.From(taken.Source);
        }

        if (call.Request.Source is RemoteSource address)
        {
            TimeSpan? settlingLimit = call.TimeLimits.WallLimit > call.TimeLimits.Deadline ? call.TimeLimits.WallLimit : null;
            ClipFetchResult fetched = ahead ?? await _fetcher.FetchAsync(address, settlingLimit, cancellation).ConfigureAwait(false);
            if (fetched.Unsettled is { } unanswered)
            {
                return new UnsettledOutcome(unanswered, unanswered.PostMortem.Elapsed);
            }

            if (fetched.Fault is { } fault)
            {
                return new FaultOutcome(fault, fault.PostMortem.Elapsed);
            }

            fetchedObject = fetched.Object;
            call = call.From(fetched.Bytes!);
        }

        DecodeOutcome outcome = await _decoding.DecodeAsync(call, cancellation).ConfigureAwait(false);
        outcome.Fetched = fetchedObject;
        if (call.Request.Source is FileSource && outcome is DeliveredOutcome delivered)
        {
            _readAhead?.Decoded(delivered.WaitedForBytes, delivered.BytesRead);
        }

        return outcome;
    }
}

using System.Diagnostics;

using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Fetching;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;
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
public sealed partial class Supervisor : ISupervisor, IGuardedDecoder
{
    private const int MaxAttempts = 2;
    private const int MaxBugs = 2;

    private readonly SupervisorOptions _options;
    private readonly ILogger _logger;
    private readonly HelperPool? _pool;
    private readonly ProgramPool? _program;

    // Null in this process, and where a decoder program leaves nothing for ClipGuard's own helpers.
    private ReadyMessage? _ownGreeting;
    private readonly InProcessDecoding? _inProcess;
    private readonly ClipFetcher _fetcher;
    private readonly ReadAhead? _readAhead;
    private readonly HelperTemplate? _template;
    private long _lastRequest;
    private bool _sandboxIsMissing;
    private volatile bool _disposed;

    private Supervisor(SupervisorOptions options, HelperLaunch? launch, HelperTemplate? template, ProgramPool? program, ILogger logger)
    {
        _template = template;
        _program = program;
        _options = options;
        _logger = logger;
        _fetcher = new ClipFetcher(options.Fetching, options.Deadline);
        if (options.Isolation == Isolation.InProcess)
        {
            _inProcess = new InProcessDecoding(options);
            DecoderVersion = _inProcess.DecoderVersion;
            DecoderFiles = LibavLoader.Files;
            HelperVersion = string.Empty;
        }
        else
        {
            _pool = launch is null ? null : new HelperPool(options, launch, logger, template, program?.Places);
            if (_pool is not null)
            {
                program?.Places.Add(_pool);
            }

            TimeSpan patience = options.ReadAheadPatience ?? TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(2).Ticks, options.Deadline.Ticks / 4));
            _readAhead = options.ReadAhead.Reads == 0 ? null : new ReadAhead(options.ReadAhead, _fetcher, patience)
            {
                // Root's helpers at that level read no other users' files.
                ReadsFiles = options.Sandbox != SandboxLevel.Strict || !Capabilities.Has(Capabilities.DacReadSearch),
            };
            DecoderFiles = launch is null ? [] : FFmpegCheck.FilesOf(launch);
        }
    }

    /// <summary>Name and version of what decodes, as in <c>FFmpeg 5.1.9</c>.</summary>
    public string DecoderVersion { get; private set; } = string.Empty;

    /// <summary>
    /// Paths of the FFmpeg libraries in use: libavutil, libswresample, libswscale, libavcodec, libavformat. Empty where helpers are somebody else's program.
    /// </summary>
    public IReadOnlyList<string> DecoderFiles { get; }

    /// <summary>Name and version of the helper program; empty for <see cref="Isolation.InProcess"/>.</summary>
    public string HelperVersion { get; private set; } = string.Empty;

    /// <summary>The sandbox level that is in force: what was asked for, or what this kernel can do; the lowest, where helpers differ.</summary>
    public SandboxLevel Sandbox => _inProcess is not null || _sandboxIsMissing ? SandboxLevel.Off
        : Pools.Min(static pool => pool.LowestSandbox);

    /// <summary>What came so far of helpers that stayed in use after they had found a fault; all zeros where there are none.</summary>
    public HelperReuse Reuse => (_pool ?? _program?.Pool)?.ReuseReport ?? new HelperReuse();

    /// <summary>What was read ahead of decodes so far; all zeros where nothing is.</summary>
    public ReadAheadReport ReadAhead => _readAhead?.Report ?? new ReadAheadReport();

    /// <summary>Names and versions of the libraries that decode, as the helper program tells them; empty for <see cref="Isolation.InProcess"/>.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; private set; } = new Dictionary<string, string>();

    /// <summary>Which of <c>audio</c>, <c>video</c>, <c>image</c> and <c>inspect</c> the helper program decodes; all of them for ClipGuard's own.</summary>
    public IReadOnlyList<string> Kinds { get; private set; } = DecodeKinds.All;

    /// <inheritdoc/>
    int IGuardedDecoder.ReadsAhead => _readAhead is null ? 0 : _options.ReadAhead.Clips;

    /// <summary>Helpers that are warm and without work at this moment.</summary>
    internal int ReadyHelpers => Pools.Sum(static pool => pool.ReadyHelpers);

    private IEnumerable<HelperPool> Pools => new[] { _program?.Pool, _pool }.OfType<HelperPool>();

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
        if (options.Isolation != Isolation.InProcess && ProcessLimitCheck.FindShortage(options.Workers + options.Spares) is { } shortage)
        {
            throw new HelperUnavailableException(shortage);
        }

        ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<Supervisor>();
        ProgramPool? program = options.Decoder is not { } decoder ? null
            : await ProgramPool.StartAsync(decoder, options, logger, cancellation).ConfigureAwait(false);
        Supervisor? supervisor = null;
        try
        {
            HelperLaunch? launch = options.Isolation == Isolation.InProcess || program is { DecodesAll: true } || options.DecoderAlone ? null
                : await FFmpegCheck.RunAsync(HelperLaunch.From(options), options.Sandbox, options.StartLimit, logger, cancellation).ConfigureAwait(false);
            HelperTemplate? template = launch is null || !options.ForksHelpers ? null
                : await HelperTemplate.StartAsync(launch, HelperSpawner.For(options.Sandbox, options.NewestLandlock), options.StartLimit).ConfigureAwait(false);
            supervisor = new Supervisor(options, launch, template, program, logger);
            await supervisor.GreetAsync().WaitAsync(cancellation).ConfigureAwait(false);
            return supervisor;
        }
        catch
        {
            if (supervisor is not null)
            {
                await supervisor.DisposeAsync().ConfigureAwait(false);
            }
            else if (program is not null)
            {
                await program.DisposeAsync().ConfigureAwait(false);
            }

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
        DecodeAsync(request, DecodePatience.ForCaller(_options), firstFailure: null, onFirstFailure, cancellation);

    /// <summary>Decodes a clip that has failed once, for a caller that ended before there was a second attempt: this is the second one.</summary>
    /// <inheritdoc cref="DecodeAsync(DecodeRequest, CancellationToken)"/>
    /// <param name="request">What to decode, as what.</param>
    /// <param name="firstFailure">How it failed, as <see cref="DecodeAsync(DecodeRequest, Action{ClipFault}, CancellationToken)"/> told.</param>
    /// <param name="cancellation">Ends the decode and its helper; never counted as a fault.</param>
    public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation = default) =>
        DecodeAsync(request, DecodePatience.ForCaller(_options), firstFailure, onFirstFailure: null, cancellation);

    /// <summary>
    /// Decodes a clip that was unsettled, for a caller who can wait: each attempt has its deadline and its stall limit in usable time alone, up to
    /// <see cref="SupervisorOptions.SettlingLimit"/> on the wall.
    /// </summary>
    /// <inheritdoc cref="DecodeAsync(DecodeRequest, CancellationToken)"/>
    public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation = default) =>
        DecodeAsync(request, DecodePatience.ToSettle(_options), firstFailure: null, onFirstFailure: null, cancellation);

    /// <inheritdoc/>
    IAheadClip? IGuardedDecoder.Announce(ClipSource source) => _readAhead?.Announce(source);

    private async ValueTask<DecodeOutcome> DecodeAsync(
        DecodeRequest request, DecodePatience patience, ClipFault? firstFailure, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        RefuseMistakes(request);
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            DecodeOutcome outcome = await FetchAndDecodeAsync(request, patience, firstFailure, onFirstFailure, cancellation).ConfigureAwait(false);
            return outcome.Fault is { } fault && _program is not null && _program.Decodes(request.Spec)
                ? new FaultOutcome(fault with { Decoder = _program.Version }, outcome.Elapsed)
                : outcome;
        }
        catch (ObjectDisposedException error) when (_disposed)
        {
            // The decode was under way, between two attempts or while it was fetched. The caller is told the same as when an attempt is cut short: cancelled.
            throw new OperationCanceledException("The supervisor was disposed while the clip was decoded.", error);
        }
    }

    /// <summary>Asks what a server says of the object at an address now, without fetching it.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>Null where the server does not say.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up, or the supervisor was disposed meanwhile.</exception>
    internal async ValueTask<FetchedObject?> LookAsync(Uri address, CancellationToken cancellation) =>
        await _fetcher.LookAsync(address, cancellation).ConfigureAwait(false);

    ValueTask<FetchedObject?> IGuardedDecoder.LookAsync(Uri address, CancellationToken cancellation) => LookAsync(address, cancellation);

    /// <summary>Ends all decodes and all helpers. When this is done they have exited and are reaped.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        _fetcher.Dispose();
        _inProcess?.Dispose();
        foreach (HelperPool pool in Pools)
        {
            await pool.DisposeAsync().ConfigureAwait(false);
        }

        if (_program is not null)
        {
            await _program.DisposeAsync().ConfigureAwait(false);
        }

        _template?.Dispose();

        // Only now: helpers may have been sent descriptors of what was read until a moment ago.
        if (_readAhead is not null)
        {
            await _readAhead.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<DecodeOutcome> FetchAndDecodeAsync(
        DecodeRequest request, DecodePatience patience, ClipFault? firstFailure, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
    {
        long asked = Stopwatch.GetTimestamp();
        ClipFetchResult? ahead = null;
        FetchedObject? fetchedAhead = null;
        if (request.Source is AheadSource { Clip: var clip })
        {
            AheadBytes taken = await _readAhead!.TakeAsync(clip, cancellation).ConfigureAwait(false);
            ahead = taken.Fetched;
            fetchedAhead = taken.Object;
            request = request with { Source = taken.Source };
        }

        if (request.Source is RemoteSource address)
        {
            TimeSpan? settlingLimit = patience.WallLimit > patience.Deadline ? patience.WallLimit : null;
            ClipFetchResult fetched = ahead ?? await _fetcher.FetchAsync(address, settlingLimit, cancellation).ConfigureAwait(false);
            if (fetched.Unsettled is { } unanswered)
            {
                return new UnsettledOutcome(unanswered, unanswered.PostMortem.Elapsed);
            }

            if (fetched.Fault is { } fault)
            {
                return new FaultOutcome(fault, fault.PostMortem.Elapsed);
            }

            DecodeOutcome outcome = await DecodeHereAsync(
                request with { Source = fetched.Bytes! }, patience, asked, firstFailure, onFirstFailure, cancellation).ConfigureAwait(false);
            outcome.Fetched = fetched.Object;
            return outcome;
        }

        DecodeOutcome decoded = await DecodeHereAsync(request, patience, asked, firstFailure, onFirstFailure, cancellation).ConfigureAwait(false);
        decoded.Fetched = fetchedAhead;
        return decoded;
    }

    private async ValueTask<DecodeOutcome> DecodeHereAsync(
        DecodeRequest request,
        DecodePatience patience,
        long asked,
        ClipFault? firstFailure,
        Action<ClipFault>? onFirstFailure,
        CancellationToken cancellation)
    {
        TimeSpan waitedForBytes = Stopwatch.GetElapsedTime(asked);
        if (_inProcess is not null)
        {
            return await _inProcess.DecodeAsync(request, cancellation).ConfigureAwait(false);
        }

        HelperPool pool = PoolOf(request.Spec);
        long began = 0;
        var history = new AttemptHistory<ClipFault>(MaxAttempts, firstFailure);
        Action<ClipFault>? notify = onFirstFailure;
        int bugs = 0;
        ClipFault? toConfirm = null;
        while (true)
        {
            var attempt = new Attempt(
                Interlocked.Increment(ref _lastRequest),
                history.IsSecond ? request with { DecoderThreads = 1 } : request,
                pool.PayloadCapacity,
                patience);
            if (attempt.Complaint is { } complaint)
            {
                return new FaultOutcome(new ClipFault(FaultKind.LimitExceeded, DecodeStage.None, complaint, new PostMortem()), TimeSpan.Zero);
            }

            // The second attempt is in the pool's queue before the caller is told of the first: what the caller then starts, such as a substitute's decode,
            // stands behind it and cannot take its helper.
            Task<(Helper, AttemptResult)> trying = pool.DecodeAsync(attempt, fresh: history.IsSecond || bugs > 0 || toConfirm is not null, cancellation);
            if (history.FirstFailure is { } failure)
            {
                await NotifyFirstFailureAsync(notify, failure, pool, attempt, trying).ConfigureAwait(false);
                notify = null;
            }

            (Helper helper, AttemptResult result) = await trying.ConfigureAwait(false);
            began = began == 0 ? attempt.DispatchedAt : began;
            if (result is not AttemptResult.Delivered)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            switch (result)
            {
                case AttemptResult.Delivered delivered:
                    Compare(pool, toConfirm, request.Source, fresh: null);
                    if (request.Source is FileSource)
                    {
                        _readAhead?.Decoded(TimeSpan.FromTicks(attempt.Spent.Waited / TimeSpan.NanosecondsPerTick), attempt.BytesRead);
                    }

                    return new DeliveredOutcome(pool, helper, attempt, delivered.Clip, Stopwatch.GetElapsedTime(began, attempt.ConcludedAt))
                    {
                        Profile = ProfileOf(attempt, asked, waitedForBytes),
                    };

                case AttemptResult.Faulted faulted when history.TryAgain(faulted.Fault, faulted.IsRetryable):
                    LogFirstFailure(_logger, request.Source, faulted.Fault.Kind, faulted.Fault.Message);
                    break;

                case AttemptResult.Faulted { IsDenied: true } denied
                    when await HostReadCheck.MayReadAsync(request.Source, _options.Deadline, cancellation).ConfigureAwait(false):
                    string refused = $"The helper may not read what this process may. {denied.Fault.Message}";
                    return new UnsettledOutcome(
                        new UnsettledClip(UnsettledCause.Storage, denied.Fault.Stage, refused, denied.Fault.PostMortem),
                        Stopwatch.GetElapsedTime(began, attempt.ConcludedAt));

                case AttemptResult.Faulted { IsToConfirm: true } faulted when toConfirm is null:
                    toConfirm = faulted.Fault;
                    break;

                case AttemptResult.Faulted faulted:
                    Compare(pool, toConfirm, request.Source, faulted.Fault);
                    return new FaultOutcome(history.Conclude(faulted.Fault), Stopwatch.GetElapsedTime(began, attempt.ConcludedAt))
                    {
                        IsUnconfirmed = faulted.IsUnconfirmed,
                    };

                // What was to be confirmed stays as it was found: nobody can say otherwise now.
                case AttemptResult.DecoderBug or AttemptResult.Unsettled or AttemptResult.InfrastructureFailure when toConfirm is not null:
                    pool.Compare(toConfirm, request.Source, fresh: null, isSettled: false);
                    return new FaultOutcome(toConfirm, Stopwatch.GetElapsedTime(began)) { IsUnconfirmed = true };

                case AttemptResult.DecoderBug bug:
                    LogBug(_logger, request.Source, bug.Message, bug.Stack);
                    if (++bugs == MaxBugs)
                    {
                        var unsettledByBug = new UnsettledClip(
                            UnsettledCause.Bug, DecodeStage.None, $"A bug of ClipGuard's own, and the clip is not to blame: {bug.Message}", new PostMortem());
                        return new UnsettledOutcome(unsettledByBug, Stopwatch.GetElapsedTime(began, attempt.ConcludedAt));
                    }

                    break;

                case AttemptResult.Unsettled unsettled:
                    // Not tried again at once: what stood in the way stands there still.
                    return new UnsettledOutcome(Remember(unsettled.Clip, history.FirstFailure), Stopwatch.GetElapsedTime(began, attempt.ConcludedAt));

                case AttemptResult.InfrastructureFailure failed when history.TryAgain():
                    LogInfrastructureFailure(_logger, request.Source, failed.Message);
                    break;

                case AttemptResult.InfrastructureFailure failed:
                    string often = $"Helpers keep failing for reasons that are not the clip's ({history.InfrastructureFailures} times). {failed.Message}";
                    var withoutHelper = new UnsettledClip(UnsettledCause.Helpers, DecodeStage.None, often, new PostMortem());
                    return new UnsettledOutcome(withoutHelper, began == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(began));

                default:
                    throw new UnreachableException();
            }
        }
    }

    private static DecodeProfile ProfileOf(Attempt attempt, long asked, TimeSpan waitedForBytes)
    {
        static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        (long waited, long opened, long decoded, long converted) = attempt.Spent;
        return new DecodeProfile(
            Stopwatch.GetElapsedTime(asked, attempt.DispatchedAt) - waitedForBytes,
            waitedForBytes + Time(waited),
            Time(opened),
            Time(decoded),
            Time(converted),
            Time(attempt.ConcludedAt - attempt.DispatchedAt - waited - opened - decoded - converted));
    }

    private HelperPool PoolOf(ClipSpec spec) => _program is not null && _program.Decodes(spec) ? _program.Pool : _pool!;

    private static void Compare(HelperPool pool, ClipFault? toConfirm, ClipSource source, ClipFault? fresh)
    {
        if (toConfirm is not null)
        {
            pool.Compare(toConfirm, source, fresh, isSettled: true);
        }
    }

    // Where the caller's own code throws here, that is thrown on; the second attempt is under way by then, and the helper that it may have got is given back.
    private static async ValueTask NotifyFirstFailureAsync(
        Action<ClipFault>? onFirstFailure, ClipFault failure, HelperPool pool, Attempt attempt, Task<(Helper Helper, AttemptResult Result)> trying)
    {
        try
        {
            onFirstFailure?.Invoke(failure);
        }
        catch
        {
            await ((Task)trying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (trying.IsCompletedSuccessfully && trying.Result is (var helper, AttemptResult.Delivered delivered))
            {
                new DeliveredOutcome(pool, helper, attempt, delivered.Clip, TimeSpan.Zero).Dispose();
            }

            throw;
        }
    }

    private static UnsettledClip Remember(UnsettledClip unsettled, ClipFault? firstFailure) => firstFailure is null
        ? unsettled
        : unsettled with
        {
            Message = $"{unsettled.Message} (The first try: {firstFailure.Message})",
            PostMortem = unsettled.PostMortem with { AttemptCount = MaxAttempts },
        };

    // Mistakes of the caller's program throw: as faults they would be blamed on every clip of the dataset.
    private void RefuseMistakes(DecodeRequest request)
    {
        if (((IGuardedDecoder)this).FindMistake(request.Spec) is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(request));
        }
    }

    /// <inheritdoc/>
    string? IGuardedDecoder.FindMistake(ClipSpec spec)
    {
        bool isPrograms = _program?.Decodes(spec) is true;
        ReadyMessage? greeting = isPrograms ? _program!.Greeting : _ownGreeting;
        return SpecCheck.Find(spec) is { } wrong ? wrong
            : !Kinds.Contains(DecodeKinds.Of(spec)) ? $"{HelperVersion} decodes {string.Join(", ", Kinds)}, and what is asked for is {DecodeKinds.Of(spec)}."
            : greeting is { Windows: false } && DecodeKinds.AsksForWindows(spec)
                ? $"{greeting.Helper} gives no windows of clips: its greeting would have to say \"windows\":true. "
                    + $"Leave {nameof(AudioSpec)}.{nameof(AudioSpec.Windows)} and {nameof(WindowFrames)} out for it."
            : spec is AudioSpec { Decoder: { } name } && !isPrograms && !_options.AudioDecoders.Any(path => AudioDecoderLoader.NameOf(path) == name)
                ? $"{nameof(AudioSpec)}.{nameof(AudioSpec.Decoder)} is '{name}', "
                    + $"and {nameof(SupervisorOptions)}.{nameof(SupervisorOptions.AudioDecoders)} names no such assembly."
            : null;
    }

    private async Task GreetAsync()
    {
        if (_inProcess is not null)
        {
            return;
        }

        ReadyMessage? own = _ownGreeting = _pool is null ? null : await _pool.GreetAsync().ConfigureAwait(false);
        DecoderVersion = string.Join("; ", new[] { _program?.VersionAndKinds, own?.Decoder }.OfType<string>());
        HelperVersion = own?.Helper ?? _program!.Greeting.Helper;
        Libraries = _program?.Greeting.Libraries ?? own?.Libraries ?? Libraries;
        Kinds = [.. (_program?.Kinds ?? []).Concat(own?.Kinds ?? []).Distinct()];
        if (Pools.Select(static pool => pool.SandboxMissing).FirstOrDefault(static missing => missing is not null) is { } missing)
        {
            _sandboxIsMissing = true;
            LogSandboxMissing(_logger, missing);
        }

        if (Sandbox < _options.Sandbox)
        {
            LogLowerSandbox(_logger, _options.Sandbox, Sandbox);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source}: failed once, {Fault}, and is tried once more. {Reason}")]
    private static partial void LogFirstFailure(ILogger logger, ClipSource source, FaultKind fault, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: tried again elsewhere. {Reason}")]
    private static partial void LogInfrastructureFailure(ILogger logger, ClipSource source, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Source}: a bug of ClipGuard's own, and the clip is not to blame. {Bug}\n{Stack}")]
    private static partial void LogBug(ILogger logger, ClipSource source, string bug, string stack);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox is not whole: {Missing}")]
    private static partial void LogSandboxMissing(ILogger logger, string missing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox level in force is {Actual}, not {Wanted}")]
    private static partial void LogLowerSandbox(ILogger logger, SandboxLevel wanted, SandboxLevel actual);
}

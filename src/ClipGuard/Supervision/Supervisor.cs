using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Fetching;
using ClipGuard.Supervision.Helpers;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClipGuard.Supervision;

/// <summary>
/// Decodes clips so that none of them can stall the caller: each decode runs in a helper process of its own,
/// under a deadline and a stall limit that hold whatever the decode does. May be called from any number of threads.
/// </summary>
/// <remarks>
/// <see cref="DecodeAsync(DecodeRequest, CancellationToken)"/> gives a clip or a <see cref="ClipFault"/>; expected trouble never throws.
/// A timeout, stall, crash or unbelievable answer is a strike: the clip is tried once more, alone in a helper that has decoded nothing before
/// and with one decoder thread, and only a second failure convicts it. What the decoder itself finds (missing, unsupported, corrupt, too large)
/// convicts at once. Trouble that is not the clip's is tried again elsewhere and, where it does not end, thrown as <see cref="HelperUnavailableException"/>.
/// </remarks>
public sealed partial class Supervisor : IAsyncDisposable
{
    private const int StrikesToConvict = 2;
    private const int MaxTroubles = 3;

    private readonly SupervisorOptions _options;
    private readonly ILogger _logger;
    private readonly HelperPool? _pool;
    private readonly InProcessDecoding? _inProcess;
    private readonly ClipFetcher _fetcher;
    private long _lastRequest;
    private bool _sandboxIsMissing;
    private volatile bool _disposed;

    private Supervisor(SupervisorOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _fetcher = new ClipFetcher(options.Fetching, options.Deadline);
        if (options.Isolation == Isolation.InProcess)
        {
            _inProcess = new InProcessDecoding(options);
            DecoderVersion = _inProcess.DecoderVersion;
            HelperVersion = string.Empty;
        }
        else
        {
            _pool = new HelperPool(options, logger);
        }
    }

    /// <summary>Name and version of what decodes, as in <c>FFmpeg 5.1.9</c>.</summary>
    public string DecoderVersion { get; private set; } = string.Empty;

    /// <summary>Name and version of the helper program; empty for <see cref="Isolation.InProcess"/>.</summary>
    public string HelperVersion { get; private set; } = string.Empty;

    /// <summary>The sandbox level that is in force: what was asked for, or what this kernel can do; the lowest, where helpers differ.</summary>
    public SandboxLevel Sandbox => _pool is null || _sandboxIsMissing ? SandboxLevel.Off : _pool.LowestSandbox;

    /// <summary>Helpers that are warm and without work at this moment.</summary>
    internal int ReadyHelpers => _pool?.ReadyHelpers ?? 0;

    /// <summary>Starts helpers and waits until the first is ready.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="loggerFactory">Where strikes, kills and slow starts are told; null for nowhere.</param>
    /// <param name="cancellation">Ends the wait; what was started is then ended too.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="HelperUnavailableException">No helper can be started; the message says why and what to do.</exception>
    public static async Task<Supervisor> StartAsync(
        SupervisorOptions options, ILoggerFactory? loggerFactory = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<Supervisor>();
        var supervisor = new Supervisor(options, logger);
        try
        {
            await supervisor.GreetAsync().WaitAsync(cancellation).ConfigureAwait(false);
            return supervisor;
        }
        catch
        {
            await supervisor.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Decodes one clip under guard.</summary>
    /// <param name="request">What to decode, as what.</param>
    /// <param name="cancellation">Ends the decode and its helper; never counted as a fault.</param>
    /// <returns>The clip with its bytes, or the fault. The caller disposes it, soon: until then a helper belongs to it.</returns>
    /// <exception cref="ArgumentException">The request's spec asks for what cannot be (no frames, a size of 0), or names an audio decoder that helpers do not load.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up, or the supervisor was disposed meanwhile.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed before.</exception>
    /// <exception cref="HelperUnavailableException">Helpers cannot be started, or keep failing for reasons that are not the clip's.</exception>
    public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, CancellationToken cancellation = default) =>
        DecodeAsync(request, onFirstFailure: null, cancellation);

    /// <inheritdoc cref="DecodeAsync(DecodeRequest, CancellationToken)"/>
    /// <param name="request">What to decode, as what.</param>
    /// <param name="onFirstFailure">Called after a first strike, when the second try has been asked for: time to prepare for a conviction. What it throws is thrown once the second try is over.</param>
    /// <param name="cancellation">Ends the decode and its helper; never counted as a fault.</param>
    public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation) =>
        DecodeAsync(request, DecodePatience.ForCaller(_options), onFirstFailure, cancellation);

    /// <summary>
    /// Decodes a clip that was unsettled, for a caller who can wait: each try has its deadline and its stall limit in usable time alone, up to
    /// <see cref="SupervisorOptions.SettlingLimit"/> on the wall.
    /// </summary>
    /// <inheritdoc cref="DecodeAsync(DecodeRequest, CancellationToken)"/>
    public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation = default) =>
        DecodeAsync(request, DecodePatience.ToSettle(_options), onFirstFailure: null, cancellation);

    private async ValueTask<DecodeOutcome> DecodeAsync(
        DecodeRequest request, DecodePatience patience, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        RefuseMistakes(request);
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            return await FetchAndDecodeAsync(request, patience, onFirstFailure, cancellation).ConfigureAwait(false);
        }
        catch (ObjectDisposedException gone) when (_disposed)
        {
            // It was under way, and between two steps of it: no different from one that is ended in the middle of a step.
            throw new OperationCanceledException("The supervisor was disposed while the clip was decoded.", gone);
        }
    }

    /// <summary>Ends all decodes and all helpers. When this is done they have exited and are reaped.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        _fetcher.Dispose();
        _inProcess?.Dispose();
        if (_pool is not null)
        {
            await _pool.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<DecodeOutcome> FetchAndDecodeAsync(
        DecodeRequest request, DecodePatience patience, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
    {
        if (request.Source is HttpSource address)
        {
            (MemorySource? bytes, ClipFault? fault) = await _fetcher.FetchAsync(address, cancellation).ConfigureAwait(false);
            if (bytes is null)
            {
                return new FaultOutcome(fault!, fault!.PostMortem.Elapsed);
            }

            request = request with { Source = bytes };
        }

        if (_inProcess is not null)
        {
            return await _inProcess.DecodeAsync(request, cancellation).ConfigureAwait(false);
        }

        HelperPool pool = _pool!;
        long began = 0;
        ClipFault? firstStrike = null;
        int troubles = 0;
        while (true)
        {
            var attempt = new Attempt(
                Interlocked.Increment(ref _lastRequest),
                firstStrike is null ? request : request with { DecoderThreads = 1 },
                pool.PayloadCapacity,
                patience);
            if (attempt.Complaint is { } complaint)
            {
                return new FaultOutcome(new ClipFault(FaultKind.LimitExceeded, DecodeStage.None, complaint, new PostMortem()), TimeSpan.Zero);
            }

            // The second try has its helper before the caller hears of the first: what the caller starts then must not take it.
            Task<(Helper, AttemptResult)> trying = pool.DecodeAsync(attempt, fresh: firstStrike is not null, cancellation);
            if (firstStrike is not null)
            {
                await NotifyFirstFailureAsync(onFirstFailure, firstStrike, pool, attempt, trying).ConfigureAwait(false);
                onFirstFailure = null;
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
                    return new DeliveredOutcome(pool, helper, attempt, delivered.Clip, Stopwatch.GetElapsedTime(began, attempt.ConcludedAt));

                case AttemptResult.Faulted { IsRetryable: true, Fault: var fault } when firstStrike is null:
                    firstStrike = fault;
                    LogStrike(_logger, request.Source, fault.Kind, fault.Message);
                    break;

                case AttemptResult.Faulted { Fault: var fault }:
                    return Convict(fault, firstStrike, Stopwatch.GetElapsedTime(began, attempt.ConcludedAt));

                case AttemptResult.Unsettled unsettled:
                    // Not tried again at once: what stood in the way stands there still.
                    return new UnsettledOutcome(Remember(unsettled.Clip, firstStrike), Stopwatch.GetElapsedTime(began, attempt.ConcludedAt));

                case AttemptResult.InfrastructureFailure trouble when ++troubles == MaxTroubles:
                    throw new HelperUnavailableException(
                        $"Helpers keep failing for reasons that are not the clip's ({troubles} times for {request.Source}). {trouble.Message}");

                case AttemptResult.InfrastructureFailure trouble:
                    LogTrouble(_logger, request.Source, trouble.Message);
                    break;

                default:
                    throw new UnreachableException();
            }
        }
    }

    // A caller whose own code fails here hears of that; the second try, which is under way, then must not keep its helper.
    private static async ValueTask NotifyFirstFailureAsync(Action<ClipFault>? onFirstFailure, ClipFault strike, HelperPool pool, Attempt attempt, Task<(Helper Helper, AttemptResult Result)> trying)
    {
        try
        {
            onFirstFailure?.Invoke(strike);
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

    private static UnsettledClip Remember(UnsettledClip unsettled, ClipFault? firstStrike) => firstStrike is null
        ? unsettled
        : unsettled with
        {
            Message = $"{unsettled.Message} (The first try: {firstStrike.Message})",
            PostMortem = unsettled.PostMortem with { Attempts = StrikesToConvict },
        };

    private static FaultOutcome Convict(ClipFault fault, ClipFault? firstStrike, TimeSpan elapsed)
    {
        if (firstStrike is not null)
        {
            string before = firstStrike.Kind == fault.Kind ? string.Empty : $" (The first try: {firstStrike.Message})";
            fault = fault with
            {
                Message = fault.Message + before,
                PostMortem = fault.PostMortem with { Attempts = StrikesToConvict },
            };
        }

        return new FaultOutcome(fault, elapsed);
    }

    // A mistake of the program's: as a fault it would be blamed on every clip.
    private void RefuseMistakes(DecodeRequest request)
    {
        if (SpecCheck.Find(request.Spec) is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(request));
        }

        if (request.Spec is AudioSpec { Decoder: { } name } && !_options.AudioDecoders.Any(path => AudioDecoderAssembly.NameOf(path) == name))
        {
            throw new ArgumentException(
                $"{nameof(AudioSpec)}.{nameof(AudioSpec.Decoder)} is '{name}', and {nameof(SupervisorOptions)}.{nameof(SupervisorOptions.AudioDecoders)} names no such assembly.", nameof(request));
        }
    }

    private async Task GreetAsync()
    {
        if (_pool is null)
        {
            return;
        }

        ReadyMessage greeting = await _pool.GreetAsync().ConfigureAwait(false);
        DecoderVersion = greeting.Decoder;
        HelperVersion = greeting.Helper;
        if (await _pool.SandboxMissing.ConfigureAwait(false) is { } missing)
        {
            _sandboxIsMissing = true;
            LogSandboxMissing(_logger, missing);
        }

        if (Sandbox < _options.Sandbox)
        {
            LogLowerSandbox(_logger, _options.Sandbox, Sandbox);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source}: first strike, {Fault}. {Reason}")]
    private static partial void LogStrike(ILogger logger, ClipSource source, FaultKind fault, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: tried again elsewhere. {Reason}")]
    private static partial void LogTrouble(ILogger logger, ClipSource source, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox is not whole: {Missing}")]
    private static partial void LogSandboxMissing(ILogger logger, string missing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox level in force is {Actual}, not {Wanted}")]
    private static partial void LogLowerSandbox(ILogger logger, SandboxLevel wanted, SandboxLevel actual);
}

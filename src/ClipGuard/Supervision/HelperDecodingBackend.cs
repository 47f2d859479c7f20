using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers.Pooling;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>Decodes in helpers: those of a decoder program for the kinds of clips that it decodes, and ClipGuard's own for the others.</summary>
internal sealed partial class HelperDecodingBackend : IDecodingBackend
{
    private readonly SupervisorOptions _options;
    private readonly ILogger _logger;
    private readonly Func<long> _nextAttempt;

    // There is one of them at least.
    private readonly DecoderProgramHelpers? _program;
    private readonly BuiltInDecoderHelpers? _own;
    private readonly bool _sandboxIsMissing;
    private long _lastAttempt;

    private HelperDecodingBackend(SupervisorOptions options, DecoderProgramHelpers? program, BuiltInDecoderHelpers? own, ILogger logger)
    {
        _logger = logger;
        _nextAttempt = () => Interlocked.Increment(ref _lastAttempt);
        _options = options;
        _program = program;
        _own = own;
        DecoderVersion = string.Join("; ", new[] { program?.VersionAndKinds, own?.Started.Greeting.Decoder }.OfType<string>());
        DecoderFiles = own?.DecoderFiles ?? [];
        HelperVersion = (own?.Started.Greeting ?? program!.Started.Greeting).Helper;
        Libraries = program?.Started.Greeting.Libraries ?? own?.Started.Greeting.Libraries ?? new Dictionary<string, string>();
        Kinds = [.. (program?.Kinds ?? []).Concat(own?.Started.Greeting.Kinds ?? []).Distinct()];
        if (Pools.Select(static pool => pool.SandboxMissing).FirstOrDefault(static missing => missing is not null) is { } missing)
        {
            _sandboxIsMissing = true;
            LogSandboxMissing(logger, missing);
        }

        if (Sandbox < options.Sandbox)
        {
            LogLowerSandbox(logger, options.Sandbox, Sandbox);
        }
    }

    /// <inheritdoc/>
    public string DecoderVersion { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> DecoderFiles { get; }

    /// <inheritdoc/>
    public string HelperVersion { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Libraries { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; }

    /// <inheritdoc/>
    public SandboxLevel Sandbox => _sandboxIsMissing ? SandboxLevel.Off : Pools.Min(static pool => pool.LowestSandbox);

    /// <inheritdoc/>
    public ReuseAfterFaultReport Reuse => (_own?.Started.Pool ?? _program!.Started.Pool).ReuseReport;

    /// <inheritdoc/>
    public int ReadyHelpers => Pools.Sum(static pool => pool.ReadyHelpers);

    private IEnumerable<HelperPool> Pools => new[] { _program?.Started.Pool, _own?.Started.Pool }.OfType<HelperPool>();

    /// <summary>Starts helpers and waits until the first of each kind is ready.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="logger">Where first failures, kills and slow starts are logged.</param>
    /// <param name="cancellation">Ends the wait; what was started is then ended too.</param>
    /// <exception cref="HelperUnavailableException">No helper can be started; the message says why and what to do.</exception>
    public static async Task<HelperDecodingBackend> StartAsync(SupervisorOptions options, ILogger logger, CancellationToken cancellation)
    {
        int helpers = options.Workers + options.Spares;
        if (ResourceLimitCheck.FindShortage(helpers, options.ThreadsOfDecoder(isProgram: false)) is { } shortage)
        {
            if (options.DecoderThreads is not null || ResourceLimitCheck.FindShortage(helpers) is not null)
            {
                throw new HelperUnavailableException(shortage);
            }

            // Nobody asked for these threads, and without them there is enough.
            options = options with { DecoderThreads = 1 };
            LogThreadsLeftOut(logger, shortage);
        }

        DecoderProgramHelpers? program = options.Decoder is not { } decoder ? null
            : await DecoderProgramHelpers.StartAsync(decoder, options, logger, cancellation).ConfigureAwait(false);
        try
        {
            BuiltInDecoderHelpers? own = program is { DecodesAll: true } || options.DecoderAlone ? null
                : await BuiltInDecoderHelpers.StartAsync(options, program?.Capacity, logger, cancellation).ConfigureAwait(false);
            return new HelperDecodingBackend(options, program, own, logger);
        }
        catch
        {
            if (program is not null)
            {
                await program.Started.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public ReadyMessage? GreetingFor(ClipSpec spec) => ProgramOf(spec)?.Started.Greeting ?? _own?.Started.Greeting;

    /// <inheritdoc/>
    public string? ProgramFor(ClipSpec spec) => ProgramOf(spec)?.Version;

    /// <inheritdoc/>
    public ValueTask<DecodeOutcome> DecodeAsync(DecodeCall call, CancellationToken cancellation) =>
        ProgramOf(call.Request.Spec) is { Started.Pool: var ofProgram }
            ? DecodeAsync(ofProgram, call, _options.ThreadsOfDecoder(isProgram: true), cancellation)
            : DecodeAsync(_own!.Started.Pool, call, _options.ThreadsOfDecoder(isProgram: false), cancellation);

    /// <summary>Ends all decodes and all helpers. When this is done they have exited and are reaped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.Started.DisposeAsync().ConfigureAwait(false);
        }

        if (_own is not null)
        {
            await _own.Started.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<DecodeOutcome> DecodeAsync(HelperPool pool, DecodeCall call, int threads, CancellationToken cancellation) =>
        new GuardedDecode(call.WithThreads(threads), pool, _nextAttempt, _logger).RunAsync(cancellation);

    private DecoderProgramHelpers? ProgramOf(ClipSpec spec) => _program is { } program && program.Decodes(spec) ? program : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "Videos are decoded by one thread: {Shortage}")]
    private static partial void LogThreadsLeftOut(ILogger logger, string shortage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox is not whole: {Missing}")]
    private static partial void LogSandboxMissing(ILogger logger, string missing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox level in force is {Actual}, not {Wanted}")]
    private static partial void LogLowerSandbox(ILogger logger, SandboxLevel wanted, SandboxLevel actual);
}

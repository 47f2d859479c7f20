using System.Diagnostics;

using ClipGuard.Streams.Sessions;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClipGuard.Streams;

/// <summary>
/// Runs other people's programs on clips that they read from paths, so that neither a clip nor the program can stall the caller.
/// Each stream has a helper process of its own, and all write at the same time; the program and everything that it starts is in the hands
/// of a guardian process. May be called from any number of threads.
/// </summary>
/// <remarks>
/// <see cref="RunAsync"/> gives the tool's output or a <see cref="ToolFault"/>; expected failure never throws. A timeout, stall, crash,
/// unbelievable answer or death for want of memory is tried once more with new helpers (<see cref="StreamOptions.Tries"/>).
/// A failure of the infrastructure, neither a clip's nor the tool's, is tried again too; the third one in a row is thrown as
/// <see cref="HelperUnavailableException"/>.
/// </remarks>
public sealed partial class StreamGuard : IAsyncDisposable
{
    private readonly StreamOptions _options;
    private readonly ILogger _logger;
    private readonly StreamGuardFolder _folder;
    private readonly StreamHelperPool _helpers;
    private readonly IdleProcessPool<GuardianProcess> _guardians;
    private readonly UnkillableSessionCount _unkillable = new();
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _sandboxChecked;
    private Task? _ended;

    /// <summary>Makes the private folder, and sweeps away those of guards whose process is dead. Helpers are started as they are needed.</summary>
    /// <param name="options">How tool runs are guarded.</param>
    /// <param name="loggerFactory">Where first failures and slow starts are logged; null for nowhere.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public StreamGuard(StreamOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<StreamGuard>();
        _folder = StreamGuardFolder.Make(options.Folder);
        _helpers = new StreamHelperPool(options, _folder);
        _guardians = GuardianProcess.Pool(options);
        _slots = new SemaphoreSlim(options.Runs);
        _sandboxChecked = Task.Run(WarnOfSandbox);
    }

    /// <summary>Runs a tool on clips.</summary>
    /// <param name="run">The tool and its streams.</param>
    /// <param name="cancellation">Ends the run with all its processes; never counted as a fault.</param>
    /// <returns>The tool's output, or the fault. When it is there, every process of the run is gone and every descriptor of it closed.</returns>
    /// <exception cref="ArgumentException">The run is not well formed: names of streams.</exception>
    /// <exception cref="FormatException">The command line has a placeholder that stands for nothing, or never names a stream.</exception>
    /// <exception cref="ToolUnavailableException">The program is not there or cannot be started.</exception>
    /// <exception cref="HelperUnavailableException">
    /// Helpers cannot be started, or keep failing for reasons that are neither a clip's nor the tool's.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<ToolOutcome> RunAsync(ToolRunSpec run, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended) is not null, this);
        run.Validate();
        string program = ProgramSearch.Find(run.Tool.Program);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        await _slots.WaitAsync(ends.Token).ConfigureAwait(false);
        try
        {
            await _helpers.CheckFFmpegAsync(_logger, ends.Token).ConfigureAwait(false);
            return await TryAsync(run, program, ends.Token).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Ends all runs and all helpers, and removes the folder. When this is done they have exited and are reaped.</summary>
    public ValueTask DisposeAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _ended, ended.Task, null) is { } already ? new ValueTask(already) : new ValueTask(EndAsync(ended));
    }

    private async Task EndAsync(TaskCompletionSource ended)
    {
        try
        {
            await _closing.CancelAsync().ConfigureAwait(false);
            for (int slot = 0; slot < _options.Runs; slot++)
            {
                await _slots.WaitAsync().ConfigureAwait(false);
            }

            // An exception that a logger threw must not keep processes from being ended.
            await _sandboxChecked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _helpers.Dispose();
            _guardians.Dispose();
            _folder.Dispose();
            _slots.Dispose();
            _closing.Dispose();
        }
        finally
        {
            ended.SetResult();
        }
    }

    private void WarnOfSandbox()
    {
        if (_helpers.SandboxMissing is { } missing)
        {
            LogSandboxMissing(_logger, missing);
        }
    }

    private async Task<ToolOutcome> TryAsync(ToolRunSpec run, string program, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        var history = new AttemptHistory<ToolFault>(_options.Tries);
        while (true)
        {
            if (_unkillable.IsFull)
            {
                throw new HelperUnavailableException(
                    $"The processes of {UnkillableSessionCount.Most} tool runs were killed and are stuck in the kernel, as when a network mount is dead. "
                    + "Check the storage that clips and program lie on.");
            }

            var session = new ToolSession(run, program, history.IsSecond, _options, _helpers, _guardians, _unkillable, _folder.MakeSessionFolder(), _logger);
            switch (await session.RunAsync(cancellation).ConfigureAwait(false))
            {
                case ToolSessionResult.Judged { Outcome.Fault: { } fault } judged when history.TryAgain(fault, judged.IsRetryable):
                    LogFirstFailure(_logger, fault.Culprit, fault.Kind, fault.Message);
                    break;

                case ToolSessionResult.Judged { Outcome: var outcome }:
                    return outcome with { Fault = outcome.Fault is { } final ? history.Conclude(final) : null, Elapsed = Stopwatch.GetElapsedTime(began) };

                case ToolSessionResult.InfrastructureFailure { Error: HelperUnavailableException { DecoderMissing: false } error } when history.TryAgain():
                    LogInfrastructureFailure(_logger, run.Tool, error.Message);
                    break;

                case ToolSessionResult.InfrastructureFailure failed:
                    throw failed.Error;

                default:
                    throw new UnreachableException();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Culprit}: failed once, {Fault}, and the run is tried once more. {Reason}")]
    private static partial void LogFirstFailure(ILogger logger, string culprit, ToolFaultKind fault, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox of stream helpers is not whole: {Missing}")]
    private static partial void LogSandboxMissing(ILogger logger, string missing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Tool}: tried again. {Reason}")]
    private static partial void LogInfrastructureFailure(ILogger logger, ToolCommand tool, string reason);
}

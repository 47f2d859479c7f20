using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>One guarded decode in helpers, from the first attempt to the verdict. <see cref="DecodeRetryPolicy"/> says what follows from each.</summary>
internal sealed partial class GuardedDecode
{
    private readonly DecodeCall _call;
    private readonly HelperPool _pool;
    private readonly Func<long> _nextId;
    private readonly ILogger _logger;
    private readonly DecodeRetryPolicy _attempts;
    private readonly TimeSpan _waitedForBytes;

    // Null once it has been called.
    private Action<ClipFault>? _onFirstFailure;

    // When the first attempt was given to a helper; 0 before.
    private long _beganAt;

    /// <summary>A decode that begins now.</summary>
    /// <param name="call">What is asked for.</param>
    /// <param name="pool">The helpers that decode it.</param>
    /// <param name="nextId">Gives each attempt a number that none had before.</param>
    /// <param name="logger">Where attempts that are made again are told of.</param>
    public GuardedDecode(DecodeCall call, HelperPool pool, Func<long> nextId, ILogger logger)
    {
        _call = call;
        _pool = pool;
        _nextId = nextId;
        _logger = logger;
        _attempts = new DecodeRetryPolicy(call.FirstFailure);
        _onFirstFailure = call.OnFirstFailure;
        _waitedForBytes = Stopwatch.GetElapsedTime(call.AskedAt);
    }

    private ClipSource Source => _call.Request.Source;

    /// <summary>Makes attempts until there is an outcome.</summary>
    public async ValueTask<DecodeOutcome> RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var attempt = new Attempt(_nextId(), _attempts.NextRequest(_call.Request), _pool.PayloadCapacity, _call.TimeLimits);
            if (attempt.Complaint is { } complaint)
            {
                return new FaultOutcome(new ClipFault(FaultKind.LimitExceeded, DecodeStage.None, complaint, new PostMortem()), TimeSpan.Zero);
            }

            // The second attempt is in the pool's queue before the caller is told of the first: what the caller then starts, such as a substitute's decode,
            // stands behind it and cannot take its helper.
            Task<(Helper, AttemptResult)> trying = _pool.DecodeAsync(attempt, _attempts.NeedsFreshHelper, cancellation);
            await NotifyFirstFailureAsync(attempt, trying).ConfigureAwait(false);
            (Helper helper, AttemptResult result) = await trying.ConfigureAwait(false);
            _beganAt = _beganAt == 0 ? attempt.DispatchedAt : _beganAt;
            if (result is not AttemptResult.Delivered)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (result is AttemptResult.Faulted { IsDenied: true } denied
                && await SupervisorReadCheck.MayReadAsync(Source, _call.TimeLimits.Deadline, cancellation).ConfigureAwait(false))
            {
                string refused = $"The helper may not read what this process may. {denied.Fault.Message}";
                var unread = new UnsettledClip(UnsettledCause.Storage, denied.Fault.Stage, refused, denied.Fault.PostMortem);
                return new UnsettledOutcome(unread, Elapsed(attempt));
            }

            switch (Judge(result))
            {
                case AttemptDecision.Deliver { Clip: var clip }:
                    return new DeliveredOutcome(_pool, helper, attempt, clip, Elapsed(attempt)) { Profile = ProfileOf(attempt) };
                case AttemptDecision.Fail fail:
                    return new FaultOutcome(fail.Fault, Elapsed(attempt)) { IsUnconfirmed = fail.IsUnconfirmed };
                case AttemptDecision.LeaveUnsettled unsettled:
                    return new UnsettledOutcome(unsettled.Clip, Elapsed(attempt));
            }
        }
    }

    private static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private AttemptDecision Judge(AttemptResult result)
    {
        ClipFault? toConfirm = _attempts.ToConfirm;
        AttemptDecision step = _attempts.Next(result);
        if (toConfirm is not null && step is not AttemptDecision.TryAgain)
        {
            bool isSettled = result is AttemptResult.Delivered or AttemptResult.Faulted;
            _pool.Compare(toConfirm, Source, (result as AttemptResult.Faulted)?.Fault, isSettled);
        }

        switch (result, step)
        {
            case (AttemptResult.Faulted { Fault: var fault }, AttemptDecision.TryAgain { Reason: RetryReason.FirstFailure }):
                LogFirstFailure(_logger, Source, fault.Kind, fault.Message);
                break;
            case (AttemptResult.InfrastructureFailure failed, AttemptDecision.TryAgain):
                LogInfrastructureFailure(_logger, Source, failed.Message);
                break;
            case (AttemptResult.DecoderBug bug, _) when toConfirm is null:
                LogBug(_logger, Source, bug.Message, bug.Stack);
                break;
        }

        return step;
    }

    // Wall clock from the first dispatch to the verdict; zero where no helper has had the clip.
    private TimeSpan Elapsed(Attempt attempt) => _beganAt == 0 ? TimeSpan.Zero
        : attempt.ConcludedAt == 0 ? Stopwatch.GetElapsedTime(_beganAt)
        : Stopwatch.GetElapsedTime(_beganAt, attempt.ConcludedAt);

    private DecodeTimings ProfileOf(Attempt attempt)
    {
        (long waited, long opened, long decoded, long converted) = attempt.Spent;
        return new DecodeTimings(
            Stopwatch.GetElapsedTime(_call.AskedAt, attempt.DispatchedAt) - _waitedForBytes,
            _waitedForBytes + Time(waited),
            Time(opened),
            Time(decoded),
            Time(converted),
            Time(attempt.ConcludedAt - attempt.DispatchedAt - waited - opened - decoded - converted));
    }

    // Where the caller's own code throws here, that is thrown on; the second attempt is under way by then, and the helper that it may have got is given back.
    private async ValueTask NotifyFirstFailureAsync(Attempt attempt, Task<(Helper Helper, AttemptResult Result)> trying)
    {
        if (_attempts.FirstFailure is not { } failure || _onFirstFailure is not { } notify)
        {
            return;
        }

        _onFirstFailure = null;
        try
        {
            notify(failure);
        }
        catch
        {
            await ((Task)trying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (trying.IsCompletedSuccessfully && trying.Result is (var helper, AttemptResult.Delivered delivered))
            {
                new DeliveredOutcome(_pool, helper, attempt, delivered.Clip, TimeSpan.Zero).Dispose();
            }

            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source}: failed once, {Fault}, and is tried once more. {Reason}")]
    private static partial void LogFirstFailure(ILogger logger, ClipSource source, FaultKind fault, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: tried again elsewhere. {Reason}")]
    private static partial void LogInfrastructureFailure(ILogger logger, ClipSource source, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Source}: a bug of ClipGuard's own, and the clip is not to blame. {Bug}\n{Stack}")]
    private static partial void LogBug(ILogger logger, ClipSource source, string bug, string stack);
}

using ClipGuard.Media;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// Says why a decode gave nothing, as the result of its attempt with its post-mortem, or why a helper did not start. It is asked before the kill wherever the
/// process still lives, since a dead one can no longer be measured. Under the pool's lock.
/// </summary>
/// <param name="options">The limits, for what is said of them.</param>
/// <param name="measurement">What the decode has used and how far it has come.</param>
/// <param name="home">Where somebody else's program lives; null for ClipGuard's own.</param>
/// <param name="reuse">Which findings are to be confirmed.</param>
internal sealed class FailureDiagnosis(SupervisorOptions options, DecodeMeter measurement, ProgramSandbox? home, ReuseAfterFaults reuse)
{
    /// <summary>How a helper broke the protocol that has repeated its answer to an earlier clip: no evidence against the clip that it has now.</summary>
    public const string WasNotAboutThisClip = "answered an earlier request a second time";

    private DecodeStage Stage => measurement.Progress.Stage;

    /// <summary>The result of an attempt that failed.</summary>
    /// <param name="failure">What happened to it.</param>
    /// <param name="timeLimits">What time it was given.</param>
    /// <param name="bug">A bug of its own that the helper has told of; null where it has not.</param>
    public AttemptResult Of(HelperFailure failure, DecodeTimeLimits timeLimits, AttemptResult.DecoderBug? bug)
    {
        PostMortem postMortem = measurement.PostMortem(failure.Exit);
        string where = $"in stage {Stage}";
        string activity = Activity(postMortem);
        return failure.Happened switch
        {
            HelperEvent.Exited => Crash(postMortem, failure.Exit, where),
            HelperEvent.Stalled =>
                Faulted(FaultKind.Stalled, $"No progress for {Seconds(options.StallLimit)} {where}; the helper was {activity}.", postMortem),
            HelperEvent.OverMemory => OverMemory(where, postMortem),
            HelperEvent.TimeOver when failure.Before == HelperState.Decoding =>
                TimeoutBlame.OutOfTime(Stage, $"Not done within {Seconds(options.Deadline)} {where}; the helper was {activity}.", postMortem, timeLimits),
            HelperEvent.TimeOver when failure.Before == HelperState.Finishing =>
                TimeoutBlame.OutOfTime(
                    DecodeStage.Exit, $"Answered, and did not exit within {Seconds(options.Deadline)}; the helper was {activity}.", postMortem, timeLimits),
            HelperEvent.ProtocolError when bug is not null => bug,
            HelperEvent.ProtocolError when failure.Detail == WasNotAboutThisClip =>
                new AttemptResult.InfrastructureFailure($"The helper {failure.Detail}."),
            HelperEvent.TimeOver when !failure.HadItsGrace => TimeoutBlame.Unsettled(Stage, postMortem),
            HelperEvent.TimeOver => Faulted(FaultKind.ProtocolViolated, $"The helper closed its end of the connection {where} and lived on.", postMortem),
            _ => Faulted(FaultKind.ProtocolViolated, $"The helper {failure.Detail ?? "gave an answer that nobody asked for"}.", postMortem),
        };
    }

    /// <summary>What a decoder's own finding comes to.</summary>
    /// <param name="fault">What it found.</param>
    /// <param name="timeLimits">What time it was given.</param>
    /// <param name="isOfUsedHelper">True where the helper had found a fault before.</param>
    public AttemptResult Finding(DecoderFault fault, DecodeTimeLimits timeLimits, bool isOfUsedHelper)
    {
        PostMortem postMortem = measurement.PostMortem(exit: default);
        if (fault.Storage == StorageError.Failed)
        {
            return new AttemptResult.Unsettled(new UnsettledClip(UnsettledCause.Storage, fault.Stage, fault.Message, postMortem));
        }

        if (fault.Kind == FaultKind.TimedOut)
        {
            string message = $"Not done within {Seconds(options.Deadline)} in stage {fault.Stage}; the decoder gave up by itself.";
            return TimeoutBlame.OutOfTime(fault.Stage, message, postMortem, timeLimits);
        }

        bool isDoubtful = isOfUsedHelper && !fault.BeforeDecoding;
        bool isToConfirm = isDoubtful && reuse.IsToConfirm();
        return new AttemptResult.Faulted(new ClipFault(fault.Kind, fault.Stage, fault.Message, postMortem))
        {
            IsDenied = fault.Storage == StorageError.Denied,
            IsToConfirm = isToConfirm,
            IsUnconfirmed = isDoubtful && !isToConfirm,
        };
    }

    /// <summary>What comes of a decode whose helper has answered and then ended badly.</summary>
    public AttemptResult BadExit(ProcessExit exit) => ExitDiagnosis.IsExternal(exit)
        ? new AttemptResult.InfrastructureFailure($"The helper answered, and then it {exit}, which was not ClipGuard's doing.")
        : new AttemptResult.Faulted(
            new ClipFault(FaultKind.Crashed, DecodeStage.Exit, $"Answered, and then the helper {exit}.", measurement.PostMortem(exit)));

    /// <summary>Why a helper did not start.</summary>
    /// <param name="failure">What happened to it.</param>
    /// <param name="decoderMissing">True where it has said that there is no decoder, which needs no words around it.</param>
    /// <param name="errors">What it wrote to its standard error.</param>
    public string StartFailure(HelperFailure failure, bool decoderMissing, IEnumerable<string> errors)
    {
        string wrote = string.Join(" ", errors);
        string what = failure.Happened switch
        {
            HelperEvent.TimeOver when failure.Before == HelperState.Starting => $"was not ready within {Seconds(options.StartLimit)}",
            HelperEvent.TimeOver => "closed its end of the connection before it was ready, and lived on",
            HelperEvent.Exited => $"{failure.Exit} before it was ready",
            _ => failure.Detail ?? "spoke out of turn",
        };
        return decoderMissing ? what : $"The helper {what}.{(wrote.Length > 0 ? $" It wrote: {wrote}" : string.Empty)}";
    }

    private AttemptResult Crash(PostMortem postMortem, ProcessExit exit, string where)
    {
        var termination = ExitDiagnosis.Of("The helper", exit, where, postMortem, options.HelperMemoryBytes, MemoryKills.Shared);
        return termination.Fault is { } kind
            ? new AttemptResult.Faulted(new ClipFault(kind, Stage, termination.Message, postMortem), termination.IsOutOfMemory)
            : new AttemptResult.InfrastructureFailure(termination.Message);
    }

    private AttemptResult.Faulted OverMemory(string where, PostMortem postMortem)
    {
        string message = home is { Use.IsTooMuch: true }
            ? $"The program held more than {options.MaxScratchBytes} bytes in its folder {where}."
            : $"The helper held more memory {where} than the {options.HelperMemoryBytes} bytes that a decode may take.";
        return new AttemptResult.Faulted(new ClipFault(FaultKind.LimitExceeded, Stage, message, postMortem), IsOutOfMemory: true);
    }

    private AttemptResult.Faulted Faulted(FaultKind kind, string message, PostMortem postMortem) => new(new ClipFault(kind, Stage, message, postMortem));

    // Whether a thread is runnable decides, and not the share of CPU time: on a busy machine a helper that spins gets little of it. Figures that were
    // measured have fields of their own, so that another run says the same of the same clip.
    private static string Activity(PostMortem postMortem) => postMortem.WasRunning == true ? "spinning" : "blocked";
}

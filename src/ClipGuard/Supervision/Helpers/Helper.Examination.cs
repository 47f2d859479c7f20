using ClipGuard.Media;
using ClipGuard.Supervision.Processes;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Supervision.Helpers;

// Why a decode gave nothing, and the post-mortem. Measured before the kill wherever the process still lives.
internal sealed partial class Helper
{
    private AttemptResult Examine(HelperEvent happened, HelperState before, string? detail, ProcessExit exit)
    {
        PostMortem postMortem = _measurement.PostMortem(exit);
        string where = $"in stage {_measurement.Progress.Stage}";
        string activity = Activity(postMortem);
        return happened switch
        {
            HelperEvent.Exited => Crash(postMortem, exit, where),
            HelperEvent.Stalled =>
                Faulted(FaultKind.Stalled, $"No progress for {Seconds(_options.StallLimit)} {where}; the helper was {activity}.", postMortem),
            HelperEvent.OverMemory => OverMemory(where, postMortem),
            HelperEvent.TimeOver when before == HelperState.Decoding =>
                OutOfTime(_measurement.Progress.Stage, $"Not done within {Seconds(_options.Deadline)} {where}; the helper was {activity}.", postMortem),
            HelperEvent.TimeOver when before == HelperState.Finishing =>
                OutOfTime(DecodeStage.Exit, $"Answered, and did not exit within {Seconds(_options.Deadline)}; the helper was {activity}.", postMortem),
            HelperEvent.ProtocolError when _bug is not null => _bug,
            HelperEvent.ProtocolError when detail == WasNotAboutThisClip => new AttemptResult.InfrastructureFailure($"The helper {detail}."),
            HelperEvent.TimeOver when !HadItsGrace() => Unsettled(_measurement.Progress.Stage, postMortem),
            HelperEvent.TimeOver => Faulted(FaultKind.ProtocolViolated, $"The helper closed its end of the connection {where} and lived on.", postMortem),
            _ => Faulted(FaultKind.ProtocolViolated, $"The helper {detail ?? "gave an answer that nobody asked for"}.", postMortem),
        };
    }

    private AttemptResult Crash(PostMortem postMortem, ProcessExit exit, string where)
    {
        var termination = ExitDiagnosis.Of("The helper", exit, where, postMortem, _options.HelperMemoryBytes, MemoryKills.Shared);
        return termination.Fault is { } kind
            ? new AttemptResult.Faulted(new ClipFault(kind, _measurement.Progress.Stage, termination.Message, postMortem), termination.IsOutOfMemory)
            : new AttemptResult.InfrastructureFailure(termination.Message);
    }

    private AttemptResult.Faulted OverMemory(string where, PostMortem postMortem)
    {
        string message = Process.Home is { Use.IsTooMuch: true }
            ? $"The program held more than {_options.MaxScratchBytes} bytes in its folder {where}."
            : $"The helper held more memory {where} than the {_options.HelperMemoryBytes} bytes that a decode may take.";
        return new AttemptResult.Faulted(
            new ClipFault(FaultKind.LimitExceeded, _measurement.Progress.Stage, message, postMortem), IsOutOfMemory: true);
    }

    private AttemptResult Finding(DecoderFault fault)
    {
        PostMortem postMortem = _measurement.PostMortem(exit: default);
        if (fault.Storage == StorageError.Failed)
        {
            return new AttemptResult.Unsettled(new UnsettledClip(UnsettledCause.Storage, fault.Stage, fault.Message, postMortem));
        }

        if (fault.Kind != FaultKind.TimedOut)
        {
            var found = new ClipFault(fault.Kind, fault.Stage, fault.Message, postMortem);
            bool isOfUsedHelper = HasFoundFault && !fault.BeforeDecoding;
            bool isToConfirm = isOfUsedHelper && _pool.Reuse.IsToConfirm();
            return new AttemptResult.Faulted(found)
            {
                IsDenied = fault.Storage == StorageError.Denied,
                IsToConfirm = isToConfirm,
                IsUnconfirmed = isOfUsedHelper && !isToConfirm,
            };
        }

        string message = $"Not done within {Seconds(_options.Deadline)} in stage {fault.Stage}; the decoder gave up by itself.";
        return OutOfTime(fault.Stage, message, postMortem);
    }

    // The clip is at fault where its decode had its time, and only there. A decoder that gives up by itself does so a little before the deadline.
    private AttemptResult OutOfTime(DecodeStage stage, string message, PostMortem postMortem)
    {
        DecodePatience patience = _attempt!.Patience;
        TimeSpan due = postMortem.Elapsed < patience.Deadline ? postMortem.Elapsed : patience.Deadline;

        // A decode too young to be accounted has waited for nothing: what its decoder says counts.
        return postMortem.Time == default || postMortem.Time.Usable >= patience.UsableShare * due
            ? new AttemptResult.Faulted(new ClipFault(FaultKind.TimedOut, stage, message, postMortem))
            : Unsettled(stage, postMortem);
    }

    private static AttemptResult.Unsettled Unsettled(DecodeStage stage, PostMortem postMortem)
    {
        TimeByCause time = postMortem.Time;
        UnsettledCause cause = time.WaitedForBytes > time.WaitedForProcessor && time.WaitedForBytes > time.Stopped ? UnsettledCause.Storage
            : time.Stopped > time.WaitedForProcessor ? UnsettledCause.Stopped
            : UnsettledCause.Starved;
        string hindrance = cause switch
        {
            UnsettledCause.Storage => "it waited for its bytes",
            UnsettledCause.Stopped => "it was stopped",
            _ => "it waited for a processor",
        };
        string message = $"Ended in stage {stage} before the decode had its time: {hindrance}.";
        return new AttemptResult.Unsettled(new UnsettledClip(cause, stage, message, postMortem));
    }

    private AttemptResult BadExit(ProcessExit exit) => ExitDiagnosis.IsExternal(exit)
        ? new AttemptResult.InfrastructureFailure($"The helper answered, and then it {exit}, which was not ClipGuard's doing.")
        : new AttemptResult.Faulted(
            new ClipFault(FaultKind.Crashed, DecodeStage.Exit, $"Answered, and then the helper {exit}.", _measurement.PostMortem(exit)));

    private AttemptResult.Faulted Faulted(FaultKind kind, string message, PostMortem postMortem) =>
        new(new ClipFault(kind, _measurement.Progress.Stage, message, postMortem));

    private string StartFailure(HelperEvent happened, string? detail, ProcessExit exit)
    {
        string errors = string.Join(" ", _errors.Lines());
        string what = happened switch
        {
            HelperEvent.TimeOver when State == HelperState.Starting => $"was not ready within {Seconds(_options.StartLimit)}",
            HelperEvent.TimeOver => "closed its end of the connection before it was ready, and lived on",
            HelperEvent.Exited => $"{exit} before it was ready",
            _ => detail ?? "spoke out of turn",
        };
        return _saidDecoderMissing ? what : $"The helper {what}.{(errors.Length > 0 ? $" It wrote: {errors}" : string.Empty)}";
    }

    // Whether a thread is runnable decides, and not the share of CPU time: on a busy machine a helper that spins gets little of it. Figures that were
    // measured have fields of their own, so that another run says the same of the same clip.
    private static string Activity(PostMortem postMortem) => postMortem.WasRunning == true ? "spinning" : "blocked";
}

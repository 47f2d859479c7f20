using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Supervision.Accounting;

namespace ClipGuard.Supervision.Helpers;

// Why a decode gave nothing, and all that is known of it. Taken before the kill wherever the process still lives.
internal sealed unsafe partial class Helper
{
    private const int MaxLogLines = 20;

    // Above this share of the memory it may take, a crash is put down to memory.
    private const double NearLimit = 0.8;

    // What allocators print before they abort.
    private static readonly string[] OutOfMemoryPhrases = ["memory allocation of", "out of memory", "bad_alloc", "cannot allocate memory"];

    private AttemptResult Examine(HelperEvent happened, HelperState before, string? detail, ProcessExit exit)
    {
        PostMortem postMortem = TakePostMortem(exit);
        string where = $"in stage {_progress.Stage}";
        string activity = Activity(postMortem);
        return happened switch
        {
            HelperEvent.Exited => Crash(postMortem, exit, where),
            HelperEvent.Stalled => Faulted(FaultKind.Stalled, $"No progress for {Seconds(_options.StallLimit)} {where}; the helper was {activity}.", postMortem),
            HelperEvent.TimeOver when before == HelperState.Decoding =>
                OutOfTime(_progress.Stage, $"Not done within {Seconds(_options.Deadline)} {where}; the helper was {activity}.", postMortem),
            HelperEvent.TimeOver when before == HelperState.Finishing =>
                OutOfTime(DecodeStage.Exit, $"Answered, and did not exit within {Seconds(_options.Deadline)}; the helper was {activity}.", postMortem),
            HelperEvent.ProtocolError when detail == WasNotAboutThisClip => new AttemptResult.InfrastructureFailure($"The helper {detail}."),
            HelperEvent.TimeOver when !HadItsGrace() => Unsettled(_progress.Stage, postMortem),
            HelperEvent.TimeOver => Faulted(FaultKind.ProtocolViolated, $"The helper closed its end of the connection {where} and lived on.", postMortem),
            _ => Faulted(FaultKind.ProtocolViolated, $"The helper {detail ?? "gave an answer that nobody asked for"}.", postMortem),
        };
    }

    private AttemptResult Crash(PostMortem postMortem, ProcessExit exit, string where)
    {
        bool nearLimit = postMortem.PeakMemoryBytes >= NearLimit * _options.HelperMemoryBytes
            || postMortem.Log.Any(line => OutOfMemoryPhrases.Any(phrase => line.Contains(phrase, StringComparison.OrdinalIgnoreCase)));
        if (nearLimit)
        {
            return OutOfMemory(
                $"The helper {exit} {where} when it wanted more memory than the {_options.HelperMemoryBytes} bytes that a decode may take.", postMortem);
        }

        if (exit.Signal == Libc.SIGKILL && _pool.MemoryRanOut())
        {
            return OutOfMemory($"The system ended the helper {where} when the machine's memory ran out.", postMortem);
        }

        return IsNotTheClips(exit)
            ? new AttemptResult.InfrastructureFailure($"The helper {exit} {where}, which was not the supervisor's doing.")
            : Faulted(FaultKind.Crashed, $"The helper {exit} {where}.", postMortem);
    }

    // A SIGKILL that is not ours is somebody's, and an end that nobody saw says nothing.
    private static bool IsNotTheClips(ProcessExit exit) => exit.Signal == Libc.SIGKILL || exit is { Signal: null, Code: null };

    private AttemptResult Finding(DecoderFault fault)
    {
        PostMortem postMortem = TakePostMortem(exit: default);
        if (fault.Kind != FaultKind.TimedOut)
        {
            return new AttemptResult.Faulted(new ClipFault(fault.Kind, fault.Stage, fault.Message, postMortem));
        }

        string message = $"Not done within {Seconds(_options.Deadline)} in stage {fault.Stage}; the decoder gave up by itself, "
            + $"after {Seconds(postMortem.CpuTime)} of CPU time in {Seconds(postMortem.Elapsed)}.";
        return OutOfTime(fault.Stage, message, postMortem);
    }

    // Convicts where the decode had its time, and only there. A decoder that gives up by itself does so a little before the deadline.
    private AttemptResult OutOfTime(DecodeStage stage, string message, PostMortem postMortem)
    {
        DecodePatience patience = _attempt!.Patience;
        TimeSpan due = postMortem.Elapsed < patience.Deadline ? postMortem.Elapsed : patience.Deadline;
        return postMortem.Time.Usable >= patience.ConvictingShare * due
            ? new AttemptResult.Faulted(new ClipFault(FaultKind.TimedOut, stage, message, postMortem))
            : Unsettled(stage, postMortem);
    }

    private static AttemptResult.Unsettled Unsettled(DecodeStage stage, PostMortem postMortem)
    {
        TimeByCause time = postMortem.Time;
        UnsettledCause cause = time.WaitedForBytes > time.WaitedForProcessor && time.WaitedForBytes > time.Stopped ? UnsettledCause.Storage
            : time.Stopped > time.WaitedForProcessor ? UnsettledCause.Stopped
            : UnsettledCause.Starved;
        string message = $"Ended after {Seconds(postMortem.Elapsed)} in stage {stage}, of which the decode could use {Seconds(time.Usable)}: "
            + $"it waited {Seconds(time.WaitedForProcessor)} for a processor and {Seconds(time.WaitedForBytes)} for its bytes, and was stopped for {Seconds(time.Stopped)}.";
        return new AttemptResult.Unsettled(new UnsettledClip(cause, stage, message, postMortem));
    }

    private AttemptResult BadExit(ProcessExit exit) => IsNotTheClips(exit)
        ? new AttemptResult.InfrastructureFailure($"The helper answered, and then it {exit}, which was not the supervisor's doing.")
        : new AttemptResult.Faulted(new ClipFault(FaultKind.Crashed, DecodeStage.Exit, $"Answered, and then the helper {exit}.", TakePostMortem(exit)));

    private AttemptResult.Faulted Faulted(FaultKind kind, string message, PostMortem postMortem) =>
        new(new ClipFault(kind, _progress.Stage, message, postMortem));

    private AttemptResult.Faulted OutOfMemory(string message, PostMortem postMortem) =>
        new(new ClipFault(FaultKind.LimitExceeded, _progress.Stage, message, postMortem), IsOutOfMemory: true);

    private PostMortem TakePostMortem(ProcessExit exit)
    {
        long now = Stopwatch.GetTimestamp();
        bool lives = exit == default;
        if (lives && (_time is not null || now - _dispatchedAt >= _tick))
        {
            Sample(now);
        }

        ReadProgress(now);
        TimeSpan cpu = lives ? _use.CpuTime() : exit.CpuTime;
        return new PostMortem
        {
            Elapsed = Stopwatch.GetElapsedTime(_dispatchedAt, now),
            CpuTime = cpu > _cpuBefore ? cpu - _cpuBefore : TimeSpan.Zero,
            Time = _time?.Spent ?? default,
            MachineSteal = _time is null ? TimeSpan.Zero : Longest(MachineSteal.Read() - _stealBefore, TimeSpan.Zero),
            WasRunning = lives ? _use.IsRunning() : null,
            SinceProgress = Stopwatch.GetElapsedTime(_progressAt, now),
            BytesRead = _progress.Bytes,
            Packets = _progress.Packets,
            Frames = _progress.Frames,
            PeakMemoryBytes = lives ? _use.PeakMemoryBytes() : Process.PeakMemoryBytes(exit),
            Signal = exit.Signal,
            ExitCode = exit.Code,
            Log = [.. Progress.ReadLog(Process.Memory.Marks).Concat(_errors.Lines()).TakeLast(MaxLogLines)],
        };
    }

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

    // The share of CPU time alone would not tell: on a busy machine a spinning helper gets little of it.
    private static string Activity(PostMortem postMortem)
    {
        TimeByCause time = postMortem.Time;
        string waited = time.WaitedForProcessor > 0.05 * time.Total ? $", and waited {Seconds(time.WaitedForProcessor)} for a processor" : string.Empty;
        return $"{(postMortem.WasRunning == true ? "spinning" : "blocked")} ({Seconds(postMortem.CpuTime)} of CPU time in {Seconds(postMortem.Elapsed)}{waited})";
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");
}

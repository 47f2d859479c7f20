using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>The tool of a session, in the hands of its guardian: its start, its end, and what it leaves.</summary>
/// <param name="options">How much of what it writes is kept.</param>
/// <param name="folder">The session's folder.</param>
internal sealed class SessionToolProcess(StreamOptions options, string folder)
{
    private const int MaxLogLines = 20;

    private TimeSpan _usedBefore;
    private ToolExitedMessage? _exited;
    private bool _outputIsWhole;
    private CapturedText _output = CapturedText.Nothing;
    private CapturedText _standardOutput = CapturedText.Nothing;
    private CapturedText _standardError = CapturedText.Nothing;

    /// <summary>The guardian; null before it was started and after it was handed back or released.</summary>
    public GuardianProcess? Guardian { get; private set; }

    /// <summary>True once the guardian has ended and was reaped, or is left to others.</summary>
    public bool IsGuardianGone { get; set; }

    /// <summary>How the tool ended; not known before it has.</summary>
    public ProcessExit Exit => _exited is { } exited ? ProcessExit.From(exited.Status, default) : default;

    /// <summary>True where the guardian has nothing left to guard and has given everything that the tool wrote.</summary>
    public bool IsDone => _exited is not null && _outputIsWhole;

    private string OutputPath => Path.Combine(folder, Placeholders.Output);

    /// <summary>Gives it a guardian.</summary>
    public void Attach(GuardianProcess guardian)
    {
        Guardian = guardian;
        _usedBefore = ProcessTreeMeter.EndedDescendantsCpuTime(guardian.Process.Pid);

        // Where it has died meanwhile the order is lost, and the end of its process ends the session.
        _ = guardian.Hold(folder);
    }

    /// <summary>Takes the guardian from it.</summary>
    public void Detach() => Guardian = null;

    /// <summary>Has the guardian start it on streams that are there.</summary>
    /// <returns>Null, or why not.</returns>
    public SessionFailureCause? Start(string program, ToolRunSpec run, IReadOnlyList<SessionStream> streams)
    {
        var paths = streams.ToDictionary(stream => stream.Name, stream => stream.Path);
        paths[Placeholders.Output] = OutputPath;
        (string, StreamFormat)[] formats = [.. streams.Select(stream => (stream.Name, stream.Format!))];
        try
        {
            string[] arguments = [program, .. run.Tool.Arguments.Select(argument => Placeholders.Fill(argument, paths, formats))];
            return Guardian!.Run(new RunToolCommand(program, arguments)) is { } failure ? CannotStart(program, failure) : null;
        }
        catch (FormatException error)
        {
            return new SessionFailureCause.InfrastructureFailure(error);
        }
    }

    /// <summary>What the session fails of where the tool does not start.</summary>
    public static SessionFailureCause CannotStart(string program, string reason) =>
        new SessionFailureCause.InfrastructureFailure(new ToolUnavailableException($"{program} cannot be started: {reason}."));

    /// <summary>The tool and all that descends from it are gone: nobody is left who could write to the output.</summary>
    public void OnExited(ToolExitedMessage exited)
    {
        _exited = exited;
        _outputIsWhole = Guardian!.Output.DrainRest() & Guardian.ToolErrors.DrainRest();
        _output = OutputFile.ReadEnd(OutputPath, options.OutputFileBytes ?? options.OutputBytes);
    }

    /// <summary>What the tool and all that descends from it have used, those that have ended included; null where there is no guardian.</summary>
    public ProcessTreeUsage? Use() => Guardian is { } guardian && ProcessTreeMeter.DescendantsUse(guardian.Process.Pid) is var use
        ? use with { CpuTime = use.CpuTime - _usedBefore }
        : null;

    /// <summary>Keeps what it has written, as far as it was read.</summary>
    public void KeepOutput() => (_standardOutput, _standardError) = (CapturedText.Of(Guardian!.Output), CapturedText.Of(Guardian.ToolErrors));

    /// <summary>Releases a guardian that is gone.</summary>
    public void Release()
    {
        if (Guardian is { } guardian)
        {
            _ = guardian.Output.DrainRest() & guardian.ToolErrors.DrainRest();
            KeepOutput();
            guardian.Dispose();
            Detach();
        }
    }

    /// <summary>The fault that it is, with all that is known of the tool now.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="elapsed">Wall clock of the session.</param>
    /// <param name="sinceProgress">Time since something last moved.</param>
    /// <param name="cpuTime">CPU time that it had used when it was looked at last.</param>
    public ToolFault Fault(SessionFailureCause.OfTool cause, TimeSpan elapsed, TimeSpan sinceProgress, TimeSpan cpuTime)
    {
        ProcessExit exit = Exit;
        string[] lines = Guardian?.ToolErrors.Lines() ?? [];
        var postMortem = new PostMortem
        {
            Elapsed = elapsed,
            CpuTime = _exited is { } end ? TimeSpan.FromSeconds(end.CpuSeconds) : cpuTime,
            SinceProgress = sinceProgress,
            PeakMemoryBytes = _exited?.PeakMemoryBytes ?? 0,
            Signal = exit.Signal,
            ExitCode = exit.Code,
            Log = [.. lines.TakeLast(MaxLogLines)],
        };
        return new ToolFault(ToolFault.Tool, cause.Kind, DecodeStage.None, cause.Message, postMortem);
    }

    /// <summary>What the caller gets of it; the rest is for the session to add.</summary>
    public ToolOutcome Outcome() => new()
    {
        ExitCode = Exit.Code,
        StandardOutput = _standardOutput,
        StandardError = _standardError,
        Output = _output,
        ToolCpuTime = TimeSpan.FromSeconds(_exited?.CpuSeconds ?? 0),
        LeftBehindCount = _exited?.LeftBehind ?? 0,
    };
}

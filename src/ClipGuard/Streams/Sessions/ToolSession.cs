using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// One attempt at one tool run. It has a thread of its own, which waits in the kernel for the processes of the session and
/// for one timer, and for nothing else: no busy thread pool and no stuck caller can hold it up, and nothing here needs a lock.
/// </summary>
/// <remarks>
/// The thread turns what it hears into events, carries them through the table (<see cref="ToolSessionStateMachine"/>), and does what the table asks for.
/// The clocks (<see cref="SessionClocks"/>), the finding of who is to blame (<see cref="SessionBlame"/>) and the processes (<see cref="SessionProcesses"/>)
/// are elsewhere.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "What it owns ends with its thread.")]
internal sealed class ToolSession : ISessionEventSink
{
    private readonly ToolRunSpec _run;
    private readonly string _program;
    private readonly bool _second;
    private readonly StreamOptions _options;
    private readonly UnkillableSessionCount _unkillable;
    private readonly ILogger _logger;
    private readonly string _folder;
    private readonly SessionStream[] _streams;
    private readonly SessionToolProcess _tool;
    private readonly SessionEpoll _descriptors;
    private readonly SessionWorkQueue _work;
    private readonly SessionProcesses _processes;
    private readonly SessionListener _listener;
    private readonly SessionClocks _clocks;
    private readonly TaskCompletionSource<ToolSessionResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _cancelled;
    private bool _wasUnkillable;
    private SessionFailureCause? _cause;
    private ToolFault? _fault;
    private IReadOnlyList<StreamReport> _reports = [];
    private Task<ToolSessionResult>? _conclusion;

    /// <summary>Prepares an attempt.</summary>
    /// <param name="run">What to run.</param>
    /// <param name="program">The tool's program, found.</param>
    /// <param name="second">True for a second attempt: new helpers, one decoder thread.</param>
    /// <param name="options">The clocks and bounds.</param>
    /// <param name="helpers">Where helpers come from.</param>
    /// <param name="guardians">Where guardians come from.</param>
    /// <param name="unkillable">Where it is counted while its processes do not end.</param>
    /// <param name="folder">The session's own folder; the session removes it.</param>
    /// <param name="logger">Where slow starts are told.</param>
    public ToolSession(
        ToolRunSpec run,
        string program,
        bool second,
        StreamOptions options,
        StreamHelperPool helpers,
        IdleProcessPool<GuardianProcess> guardians,
        UnkillableSessionCount unkillable,
        string folder,
        ILogger logger)
    {
        _run = run;
        _program = program;
        _second = second;
        _options = options;
        _unkillable = unkillable;
        _folder = folder;
        _logger = logger;
        _streams = [.. run.Streams.Select((stream, index) => new SessionStream(index, stream, folder))];
        _tool = new SessionToolProcess(options, folder);
        _descriptors = new SessionEpoll(_streams.Length);
        _work = new SessionWorkQueue(_descriptors);
        _processes = new SessionProcesses(_streams, _tool, helpers, guardians, _descriptors, _work);
        _listener = new SessionListener(this, run, program, second ? 1 : run.DecoderThreads, options, _streams, _tool, _descriptors, logger);
        _clocks = new SessionClocks(options, Stopwatch.GetTimestamp());
    }

    /// <inheritdoc/>
    public ToolSessionState State { get; private set; } = ToolSessionState.Opening;

    /// <summary>Runs it to its end.</summary>
    /// <param name="cancellation">Ends it; the task is then cancelled once everything is gone.</param>
    public async Task<ToolSessionResult> RunAsync(CancellationToken cancellation)
    {
        new Thread(Live) { IsBackground = true, Name = "clipguard-session" }.Start();
        using (cancellation.UnsafeRegister(static state => ((ToolSession)state!)._work.Post(((ToolSession)state).Cancel), this))
        {
            return await _done.Task.ConfigureAwait(false);
        }
    }

    // The whole life, on the session's own thread.
    private void Live()
    {
        Exception? bug = null;
        try
        {
            Begin();
            Span<long> room = stackalloc long[64];
            while (State != ToolSessionState.Gone)
            {
                foreach (long tag in _descriptors.Wait(room))
                {
                    if (_descriptors.TryRead(tag, out int owner, out DescriptorKind kind))
                    {
                        _listener.Hear(owner, kind);
                    }
                }

                _work.RunAll();
                CheckClocks(Stopwatch.GetTimestamp());
                EndIfAllGone();
            }
        }
#pragma warning disable CA1031 // A bug here has to reach the caller, and must leave no process behind.
        catch (Exception error)
#pragma warning restore CA1031
        {
            bug = error;
        }

        _work.Close();
        if (bug is null)
        {
            Complete();
        }
        else
        {
            Abandon(bug);
        }
    }

    private void Begin()
    {
        _descriptors.SetTimer(_clocks.NextWake);
        _processes.Begin(fresh: _second, failure => Break(SessionBlame.Unavailable(failure)));

        // Only once every process is there or asked for: a failure here ends the session, and that has to reach all of them.
        foreach (SessionStream stream in _streams.Where(stream => stream.Helper is { Greeting: not null }))
        {
            _listener.Open(stream);
        }
    }

    private void CheckClocks(long now)
    {
        switch (_clocks.Check(now))
        {
            case SessionAlarm.TimeOver:
                Step(ToolSessionEvent.TimeOver);
                break;
            case SessionAlarm.SlowOpening:
                WarnOfSlowOpening();
                break;
            case SessionAlarm.Look:
                LookForProgress(now);
                break;
        }

        _descriptors.SetTimer(_clocks.NextWake);
    }

    private void LookForProgress(long now)
    {
        ReadProgress(now);
        ProcessTreeUsage? toolUse = _tool.Use();
        _clocks.Look(_processes.Sample(now, toolUse), _streams.Max(stream => stream.ProgressAt), toolUse?.CpuTime);
        if (_clocks.IsStalled)
        {
            Step(ToolSessionEvent.Stalled);
        }
    }

    private void ReadProgress(long now)
    {
        foreach (SessionStream stream in _streams)
        {
            stream.ReadProgress(now);
        }
    }

    private void WarnOfSlowOpening()
    {
        string late = SessionBlame.WhoIsLate(Facts());
        double limit = _options.OpenLimit.TotalSeconds;
        BackgroundLog.Write(_logger, logger => SessionLogMessages.LogSlowOpening(logger, late, _options.SlowOpening.TotalSeconds, limit));
    }

    private StreamStatus[] Facts() => [.. _streams.Select(stream => stream.Facts(_options.WorkFiles))];

    private void Cancel()
    {
        _cancelled = true;
        Step(ToolSessionEvent.Cancelled);
    }

    /// <inheritdoc/>
    public void Break(SessionFailureCause cause)
    {
        if (State is ToolSessionState.Opening or ToolSessionState.Filling or ToolSessionState.Running or ToolSessionState.Draining)
        {
            _cause ??= cause;
            Step(ToolSessionEvent.Broke);
        }
    }

    private void EndIfAllGone()
    {
        if (State is ToolSessionState.Ending or ToolSessionState.Forcing or ToolSessionState.Unkillable && _processes.AreAllGone)
        {
            Step(ToolSessionEvent.AllGone);
        }
    }

    /// <inheritdoc/>
    public void Step(ToolSessionEvent happened)
    {
        ToolSessionStep step = ToolSessionStateMachine.Next(State, happened);
        ToolSessionState before = State;
        if (step.Actions.HasFlag(ToolSessionAction.Examine))
        {
            Examine(happened, Stopwatch.GetTimestamp());
        }

        if (step.Actions.HasFlag(ToolSessionAction.Judge))
        {
            Judge(Stopwatch.GetTimestamp());
        }

        State = step.Next;
        if (before != step.Next)
        {
            _clocks.Enter(step.Next, _processes.Beginning());
        }

        if (step.Actions.HasFlag(ToolSessionAction.Write))
        {
            Array.ForEach(_streams, static stream => stream.Write());
        }

        if (step.Actions.HasFlag(ToolSessionAction.StartTool) && _tool.Start(_program, _run, _streams) is { } cause)
        {
            Break(cause);
        }

        if (step.Actions.HasFlag(ToolSessionAction.End))
        {
            _processes.EndAll(_fault?.Kind, mayKeepGuardian: _cause is not SessionFailureCause.InfrastructureFailure);
        }

        if (step.Actions.HasFlag(ToolSessionAction.Force))
        {
            _processes.ForceAll(_fault?.Kind);
        }

        if (step.Actions.HasFlag(ToolSessionAction.Clear))
        {
            Clear();
        }

        if (step.Actions.HasFlag(ToolSessionAction.Conclude))
        {
            Conclude();
        }
    }

    // Why it failed, measured before anything is killed.
    private void Examine(ToolSessionEvent happened, long now)
    {
        ReadProgress(now);
        if (_cause is null)
        {
            _cause = happened == ToolSessionEvent.Stalled
                ? SessionBlame.OfStall(_options.StallLimit, Facts())
                : SessionBlame.OfTimeOver(State, _clocks.LimitReached(now), Facts());
        }

        _reports = [.. _streams.Select(stream => stream.Report())];
        _fault = FaultOf(_cause, now);
    }

    // The tool has ended by itself: whether it did what it was to do.
    private void Judge(long now)
    {
        _reports = [.. _streams.Select(stream => stream.Report())];
        _cause = SessionBlame.OfToolEnd(_run, _tool.Exit, [.. _streams.Select(stream => stream.Shape)], _reports);
        _fault = FaultOf(_cause, now);
    }

    private ToolFault? FaultOf(SessionFailureCause? cause, long now) => cause switch
    {
        SessionFailureCause.OfStream ofStream => _streams.First(stream => stream.Name == ofStream.Stream).Fault(ofStream, _clocks.Elapsed(now)),
        SessionFailureCause.OfTool ofTool => _tool.Fault(ofTool, _clocks.Elapsed(now), Stopwatch.GetElapsedTime(_clocks.ProgressAt, now), _clocks.ToolCpuTime),
        _ => null,
    };

    // The caller is told once the session's thread is done; where the session goes on waiting for processes that are stuck in the kernel, at once.
    private void Conclude()
    {
        _conclusion = _cancelled && _cause is null ? Task.FromCanceled<ToolSessionResult>(new CancellationToken(canceled: true))
            : _cause is SessionFailureCause.InfrastructureFailure failure
                ? Task.FromResult<ToolSessionResult>(new ToolSessionResult.InfrastructureFailure(failure.Error))
            : Task.FromResult<ToolSessionResult>(new ToolSessionResult.Judged(
                _tool.Outcome() with { Fault = _fault, Streams = _reports, Elapsed = _clocks.Elapsed(Stopwatch.GetTimestamp()) },
                _cause is SessionFailureCause.OfStream { IsOutOfMemory: true }));
        if (State == ToolSessionState.Unkillable)
        {
            _wasUnkillable = true;
            _unkillable.Add();
            int pid = _tool.Guardian?.Process.Pid ?? 0;
            BackgroundLog.Write(_logger, logger => SessionLogMessages.LogUnkillable(logger, pid));
            Complete();
        }
    }

    // Called last: a caller may count on all processes to be gone and on the session's own descriptors to be closed.
    private void Complete() => _done.TrySetFromTask(_conclusion!);

    // What is left once every process is gone.
    private void Clear()
    {
        if (_wasUnkillable)
        {
            _wasUnkillable = false;
            _unkillable.Remove();
        }

        _tool.Release();
        Array.ForEach(_streams, static stream => stream.Release());
        OwnedFolder.Remove(_folder);
    }

    private void Abandon(Exception bug) => _done.TrySetException([bug, .. _processes.Abandon(_options.KillTimeout, Clear)]);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

using ClipGuard.Media.Native;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// One attempt at one tool run: its helpers, its guardian, its clocks. It has a thread of its own, which waits in the kernel for all of them and
/// for one timer, and for nothing else: no busy thread pool and no stuck caller can hold it up, and nothing here needs a lock.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "What it owns ends with its thread.")]
internal sealed partial class ToolSession
{
    private readonly ToolRunSpec _run;
    private readonly string _program;
    private readonly int _decoderThreads;
    private readonly bool _fresh;
    private readonly StreamOptions _options;
    private readonly StreamHelpers _helpers;
    private readonly IdlePool<GuardianProcess> _guardians;
    private readonly UnkillableSessionCount _unkillable;
    private readonly ILogger _logger;
    private readonly string _folder;
    private readonly SessionStream[] _members;
    private readonly Epoll _epoll = new();
    private readonly ConcurrentQueue<Message> _inbox = new();
    private readonly TaskCompletionSource<ToolSessionResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _wakeGate = new();

    private GuardianProcess? _guardian;
    private bool _closed;
    private ToolSessionState _state = ToolSessionState.Opening;
    private int _pendingStarts;

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
        StreamHelpers helpers,
        IdlePool<GuardianProcess> guardians,
        UnkillableSessionCount unkillable,
        string folder,
        ILogger logger)
    {
        _run = run;
        _program = program;
        _decoderThreads = second ? 1 : run.DecoderThreads;
        _fresh = second;
        _options = options;
        _helpers = helpers;
        _guardians = guardians;
        _unkillable = unkillable;
        _folder = folder;
        _logger = logger;
        _members = [.. run.Streams.Select((stream, index) => new SessionStream(index, stream, Path.Combine(folder, stream.Name + Extension(stream.Spec))))];
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="cancellation">Ends it; the task is then cancelled once everything is gone.</param>
    public async Task<ToolSessionResult> RunAsync(CancellationToken cancellation)
    {
        new Thread(Live) { IsBackground = true, Name = "clipguard-session" }.Start();
        using (cancellation.UnsafeRegister(static state => ((ToolSession)state!).Post(new Message(((ToolSession)state).Cancel)), this))
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
            while (_state != ToolSessionState.Gone)
            {
                foreach (long tag in _epoll.Wait(room))
                {
                    HandleEvent(tag);
                }

                while (_inbox.TryDequeue(out Message? message))
                {
                    message.Run();
                }

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

        lock (_wakeGate)
        {
            _closed = true;
            _epoll.Dispose();
        }

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
        StartClocks();
        if (!_fresh && _guardians.TryTake() is { } guardian)
        {
            Attach(guardian);
        }
        else
        {
            _pendingStarts++;
            _guardians.Start((started, failure) =>
                Post(new Message(() => OnGuardianStarted(started, failure), () => GiveUp(started is null ? null : started.End))));
        }

        foreach (SessionStream member in _members)
        {
            if (!_fresh && _helpers.TryTake() is { } idle)
            {
                Attach(member, idle);
            }
            else
            {
                _pendingStarts++;
                _helpers.Start((helper, failure) =>
                    Post(new Message(() => OnHelperStarted(member, helper, failure), () => GiveUp(helper is null ? null : helper.End))));
            }
        }

        // Only once every process is there or asked for: a failure here ends the session, and that has to reach all of them.
        foreach (SessionStream member in _members.Where(member => member.Helper is { Greeting: not null }))
        {
            Open(member);
        }
    }

    private void OnGuardianStarted(GuardianProcess? guardian, string failure)
    {
        _pendingStarts--;
        if (guardian is null)
        {
            Break(new Cause.InfrastructureFailure(new HelperUnavailableException(failure)));
            return;
        }

        Attach(guardian);
        if (_state != ToolSessionState.Opening)
        {
            Shutdown(guardian);
        }
    }

    private void Attach(GuardianProcess guardian)
    {
        _guardian = guardian;
        _usedBefore = ProcessTree.EndedDescendantsCpuTime(guardian.Process.Pid);
        Watch(guardian);

        // Where it has died meanwhile the order is lost, and the end of its process ends the session.
        _ = guardian.Hold(_folder);
    }

    private void OnHelperStarted(SessionStream member, StreamHelper? helper, string failure)
    {
        _pendingStarts--;
        if (helper is null)
        {
            Break(new Cause.InfrastructureFailure(new HelperUnavailableException(failure)));
            return;
        }

        Attach(member, helper);
        if (_state != ToolSessionState.Opening)
        {
            helper.Process.Kill();
        }
    }

    private void Attach(SessionStream member, StreamHelper helper)
    {
        member.Attach(helper, Stopwatch.GetTimestamp());
        Watch(member);
    }

    // From any thread.
    private void Post(Message message)
    {
        lock (_wakeGate)
        {
            // The wake-up descriptor of a session that has ended is closed, and its number may belong to another file by now.
            if (!_closed)
            {
                _inbox.Enqueue(message);
                _epoll.Wake();
                return;
            }
        }

        message.GiveUp?.Invoke();
    }

    private void Cancel()
    {
        _cancelled = true;
        Step(ToolSessionEvent.Cancelled);
    }

    // Carries one event through the table.
    private void Step(ToolSessionEvent happened)
    {
        ToolSessionStep step = ToolSessionLife.Next(_state, happened);
        ToolSessionState before = _state;
        if (step.Actions.HasFlag(ToolSessionAction.Examine))
        {
            Examine(happened);
        }

        if (step.Actions.HasFlag(ToolSessionAction.Judge))
        {
            Judge();
        }

        _state = step.Next;
        if (before != step.Next)
        {
            SetTimer(step.Next);
        }

        if (step.Actions.HasFlag(ToolSessionAction.Write))
        {
            Write();
        }

        if (step.Actions.HasFlag(ToolSessionAction.StartTool))
        {
            StartTool();
        }

        if (step.Actions.HasFlag(ToolSessionAction.End))
        {
            EndAll();
        }

        if (step.Actions.HasFlag(ToolSessionAction.Force))
        {
            ForceAll();
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

    private static string Extension(StreamSpec spec) => spec switch
    {
        VideoStreamSpec { Form: Media.Streams.VideoStreamFraming.Y4m } => ".y4m",
        VideoStreamSpec => ".yuv",
        AudioStreamSpec { Sample: Media.Streams.AudioSampleType.Float32 } => ".f32le",
        _ => ".s16le",
    };

    /// <summary>Work that another thread has for the session's own.</summary>
    /// <param name="Run">Done by the session.</param>
    /// <param name="GiveUp">Done instead where the session has ended; null for nothing.</param>
    private sealed record Message(Action Run, Action? GiveUp = null);
}

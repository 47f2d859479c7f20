using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// A helper that has loaded what decoding needs, decodes nothing, and starts others by forking itself: for programs that take long to load. It is their parent,
/// so that only it can wait for their ends, and is told to. One thread of its own asks it and waits for its answers, for a limited time; a template that does
/// not answer is ended, and its helpers end with it.
/// </summary>
internal sealed class HelperTemplate : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly HelperProcess _process;
    private readonly BlockingCollection<Action> _work = [];
    private readonly byte[] _buffer = new byte[WireProtocol.MaxMessageBytes];
    private readonly Thread _thread;
    private long _lastId;
    private volatile bool _isGone;
    private bool _isDisposed;

    private HelperTemplate(HelperProcess process)
    {
        _process = process;
        _thread = new Thread(Run) { IsBackground = true, Name = "clipguard-template" };
        _thread.Start();
    }

    /// <summary>False once it has ended or failed to answer: helpers are started by the spawner then.</summary>
    public bool IsAlive => !_isGone;

    /// <summary>Starts somebody else's program in a home of its own, and asks whether it can be a template.</summary>
    /// <param name="launch">What is started.</param>
    /// <param name="level">How tightly it is confined.</param>
    /// <param name="maxScratchBytes">Bytes that its folder, and that of each fork, may hold.</param>
    /// <param name="limit">How long it may take to be started, and then to say that it is ready.</param>
    /// <returns>Null where it cannot be one, or did not come up: why, the start of a helper tells.</returns>
    public static Task<HelperTemplate?> StartProgramAsync(HelperLaunch launch, SandboxLevel level, long maxScratchBytes, TimeSpan limit) => OnThreadAsync(() =>
    {
        ProgramSandbox home;
        try
        {
            home = new ProgramSandbox(level, maxScratchBytes);
        }
        catch (Exception error) when (error is IOException or Win32Exception)
        {
            return null;
        }

        if (home.Spawner!.StartWithin(limit, () => HelperProcess.Start(launch, home)) is { } process)
        {
            return Greet(process, limit);
        }

        home.Dispose();
        return null;
    });

    /// <summary>Starts the program and asks whether it can be a template.</summary>
    /// <param name="launch">What is started.</param>
    /// <param name="spawner">Whose thread starts it.</param>
    /// <param name="limit">How long it may take to say that it is ready.</param>
    /// <returns>Null where it cannot be one, or did not come up: why, the start of a helper tells.</returns>
    public static Task<HelperTemplate?> StartAsync(HelperLaunch launch, HelperSpawner spawner, TimeSpan limit) => OnThreadAsync(
        () => spawner.StartWithin(limit, () => HelperProcess.Start(launch, spawner.DevNull)) is { } process ? Greet(process, limit) : null);

    /// <summary>Has the template's thread do something, after what it was asked before.</summary>
    public void Post(Action work) => _work.Add(work);

    /// <summary>Forks a helper. On the template's thread.</summary>
    /// <exception cref="Win32Exception">It could not; the message says why.</exception>
    public HelperProcess Fork(HelperLaunch launch)
    {
        ProgramSandbox? home = _process.Home is { } own ? ProgramSandbox.Within(own) : null;
        try
        {
            return HelperProcess.Start(launch, this, home);
        }
        catch
        {
            home?.Dispose();
            throw;
        }
    }

    /// <summary>Forks with these descriptors. On the template's thread.</summary>
    /// <param name="descriptors">Standard error, socket and memory.</param>
    /// <param name="scratch">The folder that it is to run and write in; null for none.</param>
    /// <returns>The process id of a child of the template's.</returns>
    /// <exception cref="Win32Exception">It could not; the message says why.</exception>
    public int Fork(ReadOnlySpan<int> descriptors, string? scratch)
    {
        long id = ++_lastId;
        HelperMessage? answer = Ask(new ForkCommand(id, scratch), descriptors);
        if (answer is ForkFailedMessage failed)
        {
            throw new Win32Exception($"The template could not fork a helper: {failed.Message}");
        }

        // A process id that is no child of it could be anybody's.
        if (answer is ForkedMessage { Pid: > 1 } forked && forked.Id == id && ProcessStat.Read($"/proc/{forked.Pid}")?.Parent == _process.Pid)
        {
            return forked.Pid;
        }

        End();
        throw new Win32Exception("The template that helpers are forked from has ended or does not answer.");
    }

    /// <summary>Has a helper that has ended waited for.</summary>
    /// <param name="pid">Its process id.</param>
    /// <param name="done">Called with how it ended, where that is known, on the template's thread.</param>
    public void Reap(int pid, Action<ProcessExit> done)
    {
        try
        {
            _work.Add(() => done(!_isGone && Ask(new ReapCommand(pid), []) is ReapedMessage reaped && reaped.Pid == pid
                ? ProcessExit.From(reaped.Status, default)
                : default));
        }
        catch (InvalidOperationException)
        {
            // The template has been disposed, and with it has gone who would tell.
            ThreadPool.UnsafeQueueUserWorkItem(static done => done(default), done, preferLocal: false);
        }
    }

    /// <summary>Ends the template, once its helpers are gone.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        _work.Add(End);
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private static Task<HelperTemplate?> OnThreadAsync(Func<HelperTemplate?> start)
    {
        var started = new TaskCompletionSource<HelperTemplate?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => started.SetResult(start())) { IsBackground = true, Name = "clipguard-greet" }.Start();
        return started.Task;
    }

    private static HelperTemplate? Greet(HelperProcess process, TimeSpan limit)
    {
        if (Receive(process, new byte[WireProtocol.MaxMessageBytes], limit) is ReadyMessage { Forks: true } ready && MessageCheck.FindOfDecoder(ready) is null)
        {
            return new HelperTemplate(process);
        }

        process.KillAndReap();
        return null;
    }

    private static HelperMessage? Receive(HelperProcess process, byte[] buffer, TimeSpan limit)
    {
        long began = Stopwatch.GetTimestamp();
        while (ProcessWait.ForEnd(process.Socket, limit - Stopwatch.GetElapsedTime(began)))
        {
            Received received = MessageSocket.Receive(process.Socket, buffer);
            if (received.Kind != ReceivedKind.Nothing)
            {
                return received.Message;
            }
        }

        return null;
    }

    private HelperMessage? Ask(TemplateCommand order, ReadOnlySpan<int> descriptors)
    {
        if (_isGone)
        {
            return null;
        }

        byte[] message = JsonSerializer.SerializeToUtf8Bytes(order, WireJson.Default.TemplateCommand);
        return MessageSocket.Send(_process.Socket, message, descriptors) is null ? Receive(_process, _buffer, AnswerLimit) : null;
    }

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    private void End()
    {
        if (!_isGone)
        {
            _isGone = true;
            _process.KillAndReap();
        }
    }
}

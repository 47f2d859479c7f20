using System.ComponentModel;

using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// Starts helpers' processes: by a template where one lives, in a home of its own where the helper is somebody else's program, else by the spawner. What came
/// of a start is told on the thread that keeps the clocks, and only once. Under the pool's lock; the threads that start processes take it for a moment.
/// </summary>
/// <param name="gate">The pool's lock.</param>
/// <param name="clocks">The thread that is told.</param>
/// <param name="options">The start limit, and how programs are confined.</param>
/// <param name="launch">What is started.</param>
/// <param name="spawner">The thread that starts processes.</param>
/// <param name="template">What helpers are forked from while it lives; null where each is started by itself.</param>
internal sealed class HelperStarter(
    Lock gate, HelperEventLoop clocks, SupervisorOptions options, HelperLaunch launch, HelperSpawner spawner, HelperTemplate? template)
{
    private long _lastId;

    /// <summary>Begins a start. One that does not come back within the start limit has failed, and what may still come of it is killed.</summary>
    /// <param name="ended">Called under the lock, later: the helper's number, and its process or, where that is null, why there is none.</param>
    public void Begin(Action<long, HelperProcess?, string> ended)
    {
        var start = new PendingStart(++_lastId, ended);
        if (template is { IsAlive: true })
        {
            template.Post(() => Start(start, () => template.Fork(launch)));
        }
        else if (launch.IsProgram)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Starts.StartProgram(work.Start), (Starts: this, Start: start), preferLocal: false);
        }
        else
        {
            spawner.Post(() => Start(start, () => HelperProcess.Start(launch, spawner.DevNull)));
        }

        clocks.Remind(MonotonicTime.After(options.StartLimit), () =>
        {
            if (!start.IsOver)
            {
                End(
                    start,
                    null,
                    $"The start of {launch.Path} has not come back within {options.StartLimit.TotalSeconds} s, "
                    + "as happens where it lies on a dead network mount.");
            }
        });
    }

    // Not on the spawner's thread, which is confined more tightly than a program may be.
    private void StartProgram(PendingStart start)
    {
        ProgramSandbox home;
        try
        {
            home = new ProgramSandbox(options.Sandbox, options.MaxScratchBytes);
        }
        catch (Exception error) when (error is IOException or Win32Exception)
        {
            lock (gate)
            {
                clocks.Post(() => End(start, null, $"A folder for {launch.Path} cannot be made: {error.Message}"));
            }

            return;
        }

        home.Spawner!.Post(() => Start(start, () =>
        {
            try
            {
                return HelperProcess.Start(launch, home);
            }
            catch
            {
                home.Dispose();
                throw;
            }
        }));
    }

    // On the spawner's thread. That thread is confined by landlock, and so would be every thread that it starts, as the thread pool may when work is queued
    // to it: so the result of the start is posted to the thread that keeps the clocks.
    private void Start(PendingStart start, Func<HelperProcess> launching)
    {
        HelperProcess? process = null;
        string failure = string.Empty;
        try
        {
            process = launching();
        }
        catch (Exception error)
        {
            failure = error.Message;
        }

        // A start that is not over keeps the pool, and with it the thread that is told, from ending.
        lock (gate)
        {
            if (!start.IsOver)
            {
                clocks.Post(() => End(start, process, failure));
                return;
            }
        }

        process?.KillAndReap();
    }

    private static void End(PendingStart start, HelperProcess? process, string failure)
    {
        if (start.IsOver)
        {
            process?.KillAndReap();
            return;
        }

        start.IsOver = true;
        start.Ended(start.Id, process, failure);
    }

    /// <summary>A start that was asked for.</summary>
    private sealed class PendingStart(long id, Action<long, HelperProcess?, string> ended)
    {
        public long Id { get; } = id;

        public Action<long, HelperProcess?, string> Ended { get; } = ended;

        public bool IsOver { get; set; }
    }
}

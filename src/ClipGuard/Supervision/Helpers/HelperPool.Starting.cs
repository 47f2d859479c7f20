using System.ComponentModel;

using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

// How a helper is started: by the spawner, a template, or in a home of its own; its end comes back to the thread that keeps the clocks.
internal sealed partial class HelperPool
{
    private void BeginStart()
    {
        _wanted++;
        _starting++;
        _pendingStarts++;
        var start = new PendingStart(++_lastId);
        HelperTemplate? template = _template is { IsAlive: true } ? _template : null;
        if (template is not null)
        {
            template.Post(() => Start(start, () => template.Fork(_launch)));
        }
        else if (_launch.IsProgram)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Pool.StartProgram(work.Start), (Pool: this, Start: start), preferLocal: false);
        }
        else
        {
            _spawner.Post(() => Start(start, () => HelperProcess.Start(_launch, _spawner.DevNull)));
        }

        Watch.Remind(MonotonicTime.After(_options.StartLimit), () =>
        {
            if (!start.IsOver)
            {
                EndStart(
                    start,
                    null,
                    $"The start of {_launch.Path} has not come back within {_options.StartLimit.TotalSeconds} s, "
                    + "as happens where it lies on a dead network mount.");
            }
        });
    }

    // Not on the spawner's thread, which is confined more tightly than a program may be.
    private void StartProgram(PendingStart start)
    {
        ProgramHome home;
        try
        {
            home = new ProgramHome(_options.Sandbox, _options.MaxScratchBytes);
        }
        catch (Exception error) when (error is IOException or Win32Exception)
        {
            lock (_gate)
            {
                Watch.Post(() => EndStart(start, null, $"A folder for {_launch.Path} cannot be made: {error.Message}"));
            }

            return;
        }

        home.Spawner!.Post(() => Start(start, () =>
        {
            try
            {
                return HelperProcess.Start(_launch, home);
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
    private void Start(PendingStart start, Func<HelperProcess> launch)
    {
        HelperProcess? process = null;
        string failure = string.Empty;
        try
        {
            process = launch();
        }
        catch (Exception error)
        {
            failure = error.Message;
        }

        lock (_gate)
        {
            if (!start.IsOver)
            {
                Watch.Post(() => EndStart(start, process, failure));
                return;
            }
        }

        process?.KillAndReap();
    }

    private void EndStart(PendingStart start, HelperProcess? process, string failure)
    {
        if (start.IsOver)
        {
            process?.KillAndReap();
            return;
        }

        start.IsOver = true;
        _pendingStarts--;
        if (process is not null)
        {
            var helper = new Helper(start.Id, process, this, _options);
            _all.Add(helper);
            Watch.Add(helper);
            process.Reaped = () => Watch.Post(() => EndReaped(helper));
            if (_disposed || _broken is not null)
            {
                helper.CancelAny();
            }
        }
        else
        {
            _wanted--;
            _starting--;
            StartFailed(failure, decoderMissing: false);
            KeepUp();
            EndIfEmpty();
        }
    }

    private void EndReaped(Helper helper)
    {
        if (_all.Contains(helper))
        {
            helper.OnEnded();
        }
    }

    /// <summary>A start that the spawner has been asked for.</summary>
    private sealed class PendingStart(long id)
    {
        public long Id { get; } = id;

        public bool IsOver { get; set; }
    }
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

using ClipGuard.Supervision.Accounting;
using ClipGuard.Supervision.Processes;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// The processes of a session, a helper for each stream and the guardian: taken from those that wait or started, watched, and ended or handed back.
/// </summary>
/// <param name="streams">The session's streams.</param>
/// <param name="tool">The session's tool.</param>
/// <param name="helpers">Where helpers come from.</param>
/// <param name="guardians">Where guardians come from.</param>
/// <param name="descriptors">Where they are watched.</param>
/// <param name="work">How the threads that start them tell the session's own.</param>
[SuppressMessage("Design", "CA1001", Justification = "A start may come back after the session; the semaphore holds memory alone.")]
internal sealed class SessionProcesses(
    IReadOnlyList<SessionStream> streams,
    SessionToolProcess tool,
    StreamHelperPool helpers,
    IdleProcessPool<GuardianProcess> guardians,
    SessionEpoll descriptors,
    SessionWorkQueue work)
{
    private readonly SemaphoreSlim _startsGivenUp = new(0);

    private int _pendingStarts;
    private bool _isEnding;

    /// <summary>True once none is left and none is on its way.</summary>
    public bool AreAllGone => _pendingStarts == 0 && (tool.Guardian is null || tool.IsGuardianGone) && streams.All(stream => stream.Helper is null);

    /// <summary>Sees to one of each. When it is done they are there or asked for.</summary>
    /// <param name="fresh">True for new processes alone.</param>
    /// <param name="failed">Told, on the session's thread, why one could not be started.</param>
    public void Begin(bool fresh, Action<string> failed)
    {
        if (!fresh && guardians.TryTake() is { } guardian)
        {
            Attach(guardian);
        }
        else
        {
            _pendingStarts++;
            guardians.Start((started, failure) =>
                work.Post(() => OnGuardianStarted(started, failure, failed), () => GiveUp(started is null ? null : started.End)));
        }

        foreach (SessionStream stream in streams)
        {
            if (!fresh && helpers.TryTake() is { } idle)
            {
                Attach(stream, idle);
            }
            else
            {
                _pendingStarts++;
                helpers.Start((started, failure) =>
                    work.Post(() => OnHelperStarted(stream, started, failure, failed), () => GiveUp(started is null ? null : started.End)));
            }
        }
    }

    /// <summary>What they have used so far, without a look at their threads: where an account of their time begins.</summary>
    public TimeSample Beginning() => TimeSample.Beginning(Stopwatch.GetTimestamp(), Nanoseconds(HelpersCpuTime()));

    /// <summary>What they have used so far, of which each thread that lives is looked at.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="toolUse">What the tool and all that descends from it have used.</param>
    public TimeSample Sample(long now, ProcessTreeUsage? toolUse)
    {
        IEnumerable<int> processes = streams.Where(stream => stream.Helper is not null).Select(stream => stream.Helper!.Process.Pid);
        IEnumerable<ThreadSample> threads = processes.Concat(toolUse?.Processes ?? []).SelectMany(ThreadRunDelays.Read);

        // A run has no verdict for storage that does not answer: whoever waits for it is blocked.
        return new TimeSample(
            now,
            Nanoseconds(HelpersCpuTime() + (toolUse?.CpuTime ?? TimeSpan.Zero)),
            BytesWaitNanoseconds: 0,
            [.. threads.Select(static thread => thread.State == 'D' ? thread with { State = 'S' } : thread)],
            ThreadRunDelays.OwnRunDelay());
    }

    /// <summary>Helpers that wrote cleanly and a guardian whose tool is gone go back to those that wait; every other process is ended.</summary>
    /// <param name="fault">What it is counted under; null where nobody is to blame.</param>
    /// <param name="mayKeepGuardian">False where the session failed of something that its guardian may have to do with.</param>
    public void EndAll(ToolFaultKind? fault, bool mayKeepGuardian)
    {
        _isEnding = true;
        foreach (SessionStream stream in streams.Where(stream => stream is { Helper: not null, Ended: false }))
        {
            StreamHelper helper = stream.Helper!;
            if (stream.Written is { Fault: null })
            {
                descriptors.IgnoreAll(stream.Index);
                stream.Detach();
                helpers.Return(helper);
            }
            else
            {
                descriptors.Ignore(stream.Index, DescriptorKind.Socket);
                helper.Process.Kill();
                KillCounter.Add(fault?.ToString());
            }
        }

        if (tool.Guardian is { } guardian && !tool.IsGuardianGone)
        {
            tool.KeepOutput();
            if (tool.IsDone && mayKeepGuardian)
            {
                descriptors.IgnoreAll(descriptors.Guardian);
                tool.Detach();
                guardians.Return(guardian);
            }
            else
            {
                Shutdown(guardian);
            }
        }
    }

    /// <summary>
    /// The kill timeout has passed. Helpers were killed before; a guardian that is stopped or stuck does not see its connection end, and is killed
    /// too. What descends from it is then found by the variable in its environment (<see cref="OrphanedProcesses"/>).
    /// </summary>
    /// <param name="fault">What it is counted under; null where nobody is to blame.</param>
    public void ForceAll(ToolFaultKind? fault)
    {
        if (tool.Guardian is { } guardian && !tool.IsGuardianGone)
        {
            guardian.Process.Kill();
            KillCounter.Add(fault?.ToString());
        }
    }

    /// <summary>
    /// Ends, after a bug and with the queue of work closed, all that the session has and all that is still on its way to it. The session's thread no longer
    /// runs its loop then. What fails keeps nothing else from being ended.
    /// </summary>
    /// <param name="timeout">How long a start that is under way is waited for.</param>
    /// <param name="clear">Done last.</param>
    /// <returns>What has failed.</returns>
    public IReadOnlyList<Exception> Abandon(TimeSpan timeout, Action clear)
    {
        List<Exception> bugs = [];
        IEnumerable<Action> ofHelpers = streams.Select(stream => (Action)(() => Abandon(stream)));
        foreach (Action end in (Action[])[.. ofHelpers, AbandonGuardian, .. work.Unheard, () => AwaitStarts(timeout), clear])
        {
            try
            {
                end();
            }
#pragma warning disable CA1031 // One more bug, which the caller is told too.
            catch (Exception error)
#pragma warning restore CA1031
            {
                bugs.Add(error);
            }
        }

        return bugs;
    }

    private void OnGuardianStarted(GuardianProcess? guardian, string failure, Action<string> failed)
    {
        _pendingStarts--;
        if (guardian is null)
        {
            failed(failure);
            return;
        }

        Attach(guardian);
        if (_isEnding)
        {
            Shutdown(guardian);
        }
    }

    private void OnHelperStarted(SessionStream stream, StreamHelper? helper, string failure, Action<string> failed)
    {
        _pendingStarts--;
        if (helper is null)
        {
            failed(failure);
            return;
        }

        Attach(stream, helper);
        if (_isEnding)
        {
            helper.Process.Kill();
        }
    }

    private void Attach(GuardianProcess guardian)
    {
        tool.Attach(guardian);
        descriptors.Watch(guardian);
    }

    private void Attach(SessionStream stream, StreamHelper helper)
    {
        stream.Attach(helper, Stopwatch.GetTimestamp());
        descriptors.Watch(stream, helper.Process);
    }

    // Closes the connection: a guardian then ends the tool and all that descends from it, and exits.
    private void Shutdown(GuardianProcess guardian)
    {
        descriptors.Ignore(descriptors.Guardian, DescriptorKind.Socket);
        guardian.Process.CloseSocket();
    }

    private TimeSpan HelpersCpuTime() =>
        new(streams.Where(stream => stream.Helper is not null).Sum(stream => stream.Helper!.CpuTime().Ticks));

    private static void Abandon(SessionStream stream)
    {
        if (stream.Helper is not { } helper)
        {
            return;
        }

        stream.Detach();
        if (stream.Ended)
        {
            helper.Release();
        }
        else
        {
            helper.End();
        }
    }

    private void AbandonGuardian()
    {
        if (tool.Guardian is { } guardian && !tool.IsGuardianGone)
        {
            tool.IsGuardianGone = true;
            guardian.EndWithTool();
        }
    }

    // A start that was under way is given up when it comes back, on the spawner's thread.
    // The caller is told before that where it takes longer than the timeout.
    private void AwaitStarts(TimeSpan timeout)
    {
        while (_pendingStarts > 0 && _startsGivenUp.Wait(timeout))
        {
            _pendingStarts--;
        }
    }

    // A process that was started for the session and comes too late.
    private void GiveUp(Action? end)
    {
        try
        {
            end?.Invoke();
        }
        finally
        {
            _startsGivenUp.Release();
        }
    }
}

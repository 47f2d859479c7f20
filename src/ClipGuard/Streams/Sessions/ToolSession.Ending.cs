using System.Diagnostics;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

// The end: of each process, and of the session.
internal sealed partial class ToolSession
{
    private bool _guardianEnded;
    private bool _wasUnkillable;
    private ToolExitedMessage? _exited;
    private bool _outputIsWhole;
    private Task<ToolSessionResult>? _conclusion;
    private CapturedText _output = CapturedText.Nothing;
    private CapturedText _standardOutput = CapturedText.Nothing;
    private CapturedText _standardError = CapturedText.Nothing;

    private void OnHelperEnded(SessionStream member)
    {
        StreamHelper helper = member.Helper!;
        Receive(member.Index);
        if (!ReferenceEquals(member.Helper, helper) || !helper.Process.TryReap(out ProcessExit exit))
        {
            return;
        }

        member.Ended = true;
        helper.Errors.Drain();
        IgnoreAll(member.Index);
        if (member.Written is null)
        {
            member.ReadProgress(Stopwatch.GetTimestamp());
            Break(CrashOf(member, exit));
        }

        member.Detach();
        helper.Release();
    }

    private Cause CrashOf(SessionStream member, ProcessExit exit)
    {
        if (member.Helper!.Greeting is null)
        {
            return new Cause.InfrastructureFailure(new HelperUnavailableException(
                $"The helper of '{member.Name}' {exit} before it was ready.{Wrote(member.Helper.Errors)}"));
        }

        // The limit on a file's size is the work file's alone: nothing else is written.
        if (exit.Signal == Libc.SIGXFSZ)
        {
            return new Cause.OfStream(member, ToolFaultKind.LimitExceeded, $"The work file of '{member.Name}' is over its limit.") { Exit = exit };
        }

        var termination = ExitDiagnosis.Of(
            $"The helper of '{member.Name}'",
            exit,
            $"in stage {member.Progress.Stage}",
            member.PostMortem(exit),
            _options.HelperMemoryBytes,
            MemoryKills.Shared);
        return termination.Fault is { } kind
            ? new Cause.OfStream(member, ToolFaultKinds.From(kind), termination.Message) { Exit = exit, IsOutOfMemory = termination.IsOutOfMemory }
            : new Cause.InfrastructureFailure(new HelperUnavailableException(termination.Message));
    }

    private void OnGuardianEnded(GuardianProcess guardian)
    {
        Receive(GuardianIndex);

        // Its last message may have ended the run and returned it to the pool of idle guardians. Then _guardian is null or another one, and the pool finds this
        // one dead when it is taken.
        if (!ReferenceEquals(_guardian, guardian) || !guardian.Process.TryReap(out ProcessExit exit))
        {
            return;
        }

        _guardianEnded = true;
        guardian.OwnErrors.Drain();
        IgnoreAll(GuardianIndex);
        if (!exit.IsClean)
        {
            guardian.EndOrphans();
        }

        Break(new Cause.InfrastructureFailure(new HelperUnavailableException(
            $"The guardian of a tool run {exit}, which was not ClipGuard's doing.{Wrote(guardian.OwnErrors)}")));
    }

    private static string Wrote(PipeTail errors) => string.Join(" ", errors.Lines()) is { Length: > 0 } lines ? $" It wrote: {lines}" : string.Empty;

    // Called when the tool and all that descends from it are gone: nobody is left who could write to the output.
    private void OnToolExited(GuardianProcess guardian, ToolExitedMessage exited)
    {
        _exited = exited;
        _outputIsWhole = guardian.Output.DrainRest() & guardian.ToolErrors.DrainRest();
        _output = OutputFile.ReadEnd(OutputPath, _options.OutputFileBytes ?? _options.OutputBytes);
    }

    // Helpers that wrote cleanly and a guardian whose tool is gone go back to their pools; every other process is ended.
    private void EndAll()
    {
        foreach (SessionStream member in _members.Where(member => member is { Helper: not null, Ended: false }))
        {
            StreamHelper helper = member.Helper!;
            if (member.Written is { Fault: null })
            {
                IgnoreAll(member.Index);
                member.Detach();
                _helpers.Return(helper);
            }
            else
            {
                Ignore(member.Index, SocketKind);
                helper.Process.Kill();
                KillCounter.Add(_fault?.Kind.ToString());
            }
        }

        if (_guardian is { } guardian && !_guardianEnded)
        {
            KeepOutput(guardian);
            if (_exited is not null && _outputIsWhole && _cause is not Cause.InfrastructureFailure)
            {
                IgnoreAll(GuardianIndex);
                _guardian = null;
                _guardians.Return(guardian);
            }
            else
            {
                Shutdown(guardian);
            }
        }
    }

    // The patience with the kernel is over. Helpers were killed before; a guardian that is stopped or stuck does not see its connection end, and is killed too.
    // What descends from it is then found by the variable in its environment (OrphanedProcesses).
    private void ForceAll()
    {
        if (_guardian is { } guardian && !_guardianEnded)
        {
            guardian.Process.Kill();
            KillCounter.Add(_fault?.Kind.ToString());
        }
    }

    // Closes the connection: a guardian then ends the tool and all that descends from it, and exits.
    private void Shutdown(GuardianProcess guardian)
    {
        Ignore(GuardianIndex, SocketKind);
        guardian.Process.CloseSocket();
    }

    private void EndIfAllGone()
    {
        if (_state is ToolSessionState.Ending or ToolSessionState.Forcing or ToolSessionState.Unkillable
            && _pendingStarts == 0
            && (_guardian is null || _guardianEnded)
            && _members.All(member => member.Helper is null))
        {
            Step(ToolSessionEvent.AllGone);
        }
    }

    private void KeepOutput(GuardianProcess guardian) =>
        (_standardOutput, _standardError) = (CapturedText.Of(guardian.Output), CapturedText.Of(guardian.ToolErrors));

    // The caller is told once the session's thread is done; where the session goes on waiting for processes that are stuck in the kernel, at once.
    private void Conclude()
    {
        _conclusion = _cancelled && _cause is null ? Task.FromCanceled<ToolSessionResult>(new CancellationToken(canceled: true))
            : _cause is Cause.InfrastructureFailure failure ? Task.FromResult<ToolSessionResult>(new ToolSessionResult.InfrastructureFailure(failure.Error))
            : Task.FromResult<ToolSessionResult>(new ToolSessionResult.Judged(Outcome(), _cause is Cause.OfStream { IsOutOfMemory: true }));
        if (_state == ToolSessionState.Unkillable)
        {
            _wasUnkillable = true;
            _unkillable.Add();
            int pid = _guardian?.Process.Pid ?? 0;
            BackgroundLog.Write(_logger, logger => LogUnkillable(logger, pid));
            Complete();
        }
    }

    // Called last: a caller may count on all processes to be gone and on the session's own descriptors to be closed.
    private void Complete() => _done.TrySetFromTask(_conclusion!);

    private ToolOutcome Outcome() => new()
    {
        Fault = _fault,
        ExitCode = _exited is { } exited ? ProcessExit.From(exited.Status, default).Code : null,
        StandardOutput = _standardOutput,
        StandardError = _standardError,
        Output = _output,
        Streams = _reports,
        Elapsed = Stopwatch.GetElapsedTime(_startedAt),
        ToolCpuTime = TimeSpan.FromSeconds(_exited?.CpuSeconds ?? 0),
        LeftBehind = _exited?.LeftBehind ?? 0,
    };

    // What is left once every process is gone.
    private void Clear()
    {
        if (_wasUnkillable)
        {
            _wasUnkillable = false;
            _unkillable.Remove();
        }

        if (_guardian is { } guardian)
        {
            _ = guardian.Output.DrainRest() & guardian.ToolErrors.DrainRest();
            KeepOutput(guardian);
            guardian.Dispose();
            _guardian = null;
        }

        foreach (SessionStream member in _members)
        {
            member.Probe?.Dispose();
            member.Probe = null;
        }

        StreamGuardFolder.Remove(_folder);
    }
}

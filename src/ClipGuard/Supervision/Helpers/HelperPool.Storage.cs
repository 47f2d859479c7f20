using System.Diagnostics;

using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

// What decodes tell of the storage that clips lie on, and helpers that the kernel does not let go. All under the lock.
internal sealed partial class HelperPool
{
    /// <summary>A helper has been given a decode.</summary>
    public void Began(Attempt attempt) => _reading += attempt.ReadsStorage ? 1 : 0;

    /// <summary>
    /// Whether a decode that has waited for its bytes since a moment leaves its place to another one. Where the storage has answered nobody since, all of it
    /// may have stopped, and more decodes would only wait beside this one.
    /// </summary>
    public bool AnsweredSince(long moment) => _storageAnsweredAt > moment;

    /// <summary>A decode has come to something. Where that tells of the storage, others may be dispatched now, or none.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="result">What came of it; null where its caller gave up.</param>
    public void Ended(Attempt attempt, AttemptResult? result)
    {
        if (!attempt.ReadsStorage)
        {
            return;
        }

        _reading--;
        bool othersWait = _storage.IsSilent;
        switch (result)
        {
            case AttemptResult.Delivered or AttemptResult.Faulted { IsFinding: true }:
                _storage.Answered();
                _storageAnsweredAt = Stopwatch.GetTimestamp();
                break;
            case AttemptResult.Unsettled { WaitedForStorage: true } when _storage.Waited(Stopwatch.GetTimestamp()):
                BreakForStorage("Decodes wait");
                break;
        }

        if (othersWait)
        {
            Serve();
        }
    }


    /// <summary>A killed helper is stuck in the kernel.</summary>
    public void Unkillable(Helper helper)
    {
        _unkillable++;
        int pid = helper.Process.Pid;
        if (helper.KeepsItsLease)
        {
            WaitForStorage(pid);
        }
        else
        {
            LogLater(logger => LogUnkillable(logger, pid));
        }

        if (_unkillable - _waitingForStorage > _options.MaxUnkillable)
        {
            Break(new HelperUnavailableException(
                $"{_unkillable} helpers were killed and are stuck in the kernel, as happens when a network mount is dead. "
                + "Check the storage that the clips lie on."));
        }

        EndIfEmpty();
    }

    // Its lease ends with it. Where all leases are held so, nothing is dispatched until the storage answers: more helpers would only be stuck beside them.
    private void WaitForStorage(int pid)
    {
        _waitingForStorage++;
        LogLater(logger => LogStorageStuck(logger, pid, _waitingForStorage, _options.Workers));
        if (_waitingForStorage >= _options.Workers && !_storageIsTimed)
        {
            _storageIsTimed = true;
            Watch.Remind(MonotonicTime.After(_options.StorageLimit), () =>
            {
                _storageIsTimed = false;
                if (_waitingForStorage >= _options.Workers)
                {
                    BreakForStorage($"All {_options.Workers} helpers that may decode at a time are stuck in the kernel, where they wait");
                }
            });
        }
    }

    private void BreakForStorage(string what)
    {
        string message = $"{what} for the storage that the clips lie on; it has not answered for {_options.StorageLimit.TotalSeconds:0} s.";
        Break(new HelperUnavailableException(message) { StorageIsSilent = true });
    }
}

using System.Diagnostics;

using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// What is done where the storage that clips lie on stops, or the kernel does not let helpers go: dispatch pauses, and in the end the pool is given up.
/// Under the pool's lock.
/// </summary>
/// <param name="options">How long it is waited for, and how many helpers may be stuck.</param>
/// <param name="clocks">Where a reminder is set.</param>
/// <param name="end">Gives the pool up.</param>
/// <param name="log">Where it is told.</param>
internal sealed class StorageWatch(SupervisorOptions options, HelperEventLoop clocks, PoolShutdownState end, HelperLog log)
{
    private readonly ClipStorageHealth _storage = new(MonotonicTime.Nanoseconds(options.StorageLimit));
    private readonly UnkillableHelperCount _unkillable = new(options.Workers, options.MaxUnkillable);

    // True while a reminder is set for the end of the storage limit: no more than one at a time.
    private bool _isTimed;

    /// <summary>Helpers that are stuck in the kernel.</summary>
    public int UnkillableCount => _unkillable.Count;

    /// <summary>Whether a decode may be dispatched now.</summary>
    public bool MayDispatch(Attempt attempt) => _storage.MayDispatch(attempt);

    /// <summary>
    /// Whether a decode that has waited for its bytes since a moment leaves its place to another one. Where the storage has answered nobody since, all of it
    /// may have stopped, and more decodes would only wait beside this one.
    /// </summary>
    public bool HasAnsweredSince(long moment) => _storage.HasAnsweredSince(moment);

    /// <summary>A helper has been given a decode.</summary>
    public void Began(Attempt attempt) => _storage.Began(attempt);

    /// <summary>A decode has come to something, which may tell of the storage.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="result">What came of it; null where its caller gave up.</param>
    /// <returns>True where others waited for this one to end.</returns>
    public bool Ended(Attempt attempt, AttemptResult? result)
    {
        bool othersWait = attempt.ReadsStorage && _storage.IsSilent;
        if (_storage.Ended(attempt, result, Stopwatch.GetTimestamp()))
        {
            GiveUp("Decodes wait");
        }

        return othersWait;
    }

    /// <summary>A killed helper is stuck in the kernel.</summary>
    public void AddUnkillable(Helper helper)
    {
        _unkillable.Add(helper.KeepsItsLease);
        if (helper.KeepsItsLease)
        {
            log.StorageStuck(helper.Process.Pid, _unkillable.WaitForStorage, options.Workers);
            WaitForStorage();
        }
        else
        {
            log.Unkillable(helper.Process.Pid);
        }

        if (_unkillable.AreTooMany)
        {
            end.GiveUp(new HelperUnavailableException(
                $"{_unkillable.Count} helpers were killed and are stuck in the kernel, as happens when a network mount is dead. "
                + "Check the storage that the clips lie on."));
        }
    }

    /// <summary>The kernel has let such a helper go.</summary>
    public void RemoveUnkillable(Helper helper) => _unkillable.Remove(helper.KeepsItsLease);

    // Where all leases are held so, nothing is dispatched until the storage answers: more helpers would only be stuck beside them.
    private void WaitForStorage()
    {
        if (_unkillable.HoldAllLeases && !_isTimed)
        {
            _isTimed = true;
            clocks.Remind(MonotonicTime.After(options.StorageLimit), () =>
            {
                _isTimed = false;
                if (_unkillable.HoldAllLeases)
                {
                    GiveUp($"All {options.Workers} helpers that may decode at a time are stuck in the kernel, where they wait");
                }
            });
        }
    }

    private void GiveUp(string what)
    {
        string message = $"{what} for the storage that the clips lie on; it has not answered for {options.StorageLimit.TotalSeconds:0} s.";
        end.GiveUp(new HelperUnavailableException(message) { StorageIsSilent = true });
    }
}

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// The helpers of one program, and who gets which. As many are kept as decodes may run at once, and some spare ones,
/// so that after a kill the next decode finds a warm helper and does not wait for a process to start.
/// </summary>
/// <remarks>
/// One lock guards everything: this class, its parts (<see cref="HelperLeases"/>, <see cref="HelperSupply"/>, <see cref="StorageWatch"/>,
/// <see cref="ReuseAfterFaults"/> and what they hold), and all its helpers. This class owns it, and takes it for whoever comes from outside; the parts take it
/// only on other threads, which copy a clip's bytes or start a process. Always taken first; inside it those of <see cref="DecodeCapacity"/>, of the queue of a
/// spawner or template, of <see cref="MemoryKills"/> and of a forked <see cref="HelperProcess"/> that is reaped, none of which takes another one.
/// </remarks>
internal sealed class HelperPool : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HelperLaunch _launch;
    private readonly HelperSpawner _spawner;
    private readonly DecodeQueue _queue = new();
    private readonly WarmHelpers _warm = new();
    private readonly HelperGreetings _greetings = new();
    private readonly PoolShutdownState _end;

    // Complete once the pool is disposed of and nothing is left but helpers that are stuck in the kernel.
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Helpers that are gone, and whose memory is still being given back, outside the lock. 0 ≤ _givingBack.
    private int _givingBack;

    /// <summary>A pool that starts the workers' helpers at once.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="launch">What is started as a helper.</param>
    /// <param name="logger">Where it tells of helpers.</param>
    /// <param name="template">What helpers are forked from while it lives; stays its owner's. Null where each is started by itself.</param>
    /// <param name="capacity">Who may decode, together with other pools that take from there; null where this one is alone.</param>
    public HelperPool(SupervisorOptions options, HelperLaunch launch, ILogger logger, HelperTemplate? template = null, DecodeCapacity? capacity = null)
    {
        _launch = launch;
        _spawner = HelperSpawner.For(options.Sandbox, options.NewestLandlock);
        _end = new PoolShutdownState(_queue, _greetings);
        Log = new HelperLog(logger);
        Reuse = new ReuseAfterFaults(options.ConfirmOneIn);
        ReuseCheckClips = new ReuseCheckClips(options);
        Watch = new HelperEventLoop(_gate);
        Storage = new StorageWatch(options, Watch, _end, Log);
        var capacityShare = new PoolCapacityShare(capacity ?? DecodeCapacity.For(options), _queue, this);
        var starts = new HelperStarter(_gate, Watch, options, launch, _spawner, template);
        Supply = new HelperSupply(options, Watch, starts, capacityShare, _warm, _end, Log, this);
        Leases = new HelperLeases(_gate, _queue, _warm, capacityShare, Storage, Supply, _end);
        lock (_gate)
        {
            Supply.Begin();
        }
    }

    /// <summary>The thread that keeps the clocks.</summary>
    public HelperEventLoop Watch { get; }

    /// <summary>Who decodes. For helpers, under the lock.</summary>
    public HelperLeases Leases { get; }

    /// <summary>How many helpers there are. For helpers, under the lock.</summary>
    public HelperSupply Supply { get; }

    /// <summary>What decodes tell of the storage that clips lie on. For helpers, under the lock.</summary>
    public StorageWatch Storage { get; }

    /// <summary>Whether helpers stay in use after faults. For helpers, under the lock.</summary>
    public ReuseAfterFaults Reuse { get; }

    /// <summary>What helpers are checked with after faults. For helpers, under the lock.</summary>
    public ReuseCheckClips ReuseCheckClips { get; }

    /// <summary>Where it tells of helpers.</summary>
    public HelperLog Log { get; }

    /// <summary>Bytes of payload that a helper's memory holds.</summary>
    public long PayloadCapacity => _launch.PayloadBytes;

    /// <summary>Helpers that are warm and without work at this moment.</summary>
    public int ReadyHelpers
    {
        get
        {
            lock (_gate)
            {
                return _warm.Count;
            }
        }
    }

    /// <summary>True where somebody waits for a helper, or did a moment ago. Without the lock.</summary>
    public bool HasWaiters => !_queue.IsEmpty;

    /// <summary>The lowest sandbox level that a helper has said to be in force.</summary>
    public SandboxLevel LowestSandbox => _greetings.LowestSandbox;

    /// <summary>What the kernel lacks for the sandbox, or null.</summary>
    public string? SandboxMissing => _spawner.Missing;

    /// <summary>What came so far of helpers that stayed in use after faults.</summary>
    public ReuseAfterFaultReport ReuseReport
    {
        get
        {
            lock (_gate)
            {
                return Reuse.Report;
            }
        }
    }

    /// <summary>Waits for a helper and gives it a decode.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="fresh">True where only a helper that has decoded nothing will do.</param>
    /// <param name="cancellation">Ends the wait, or the decode and its helper.</param>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public async Task<(Helper Helper, AttemptResult Result)> DecodeAsync(Attempt attempt, bool fresh, CancellationToken cancellation)
    {
        var waiter = new WaitingCaller(attempt, fresh);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_end.IsDisposed, this);
            if (_end.Reason is { } reason)
            {
                throw reason;
            }

            Leases.Add(waiter);
        }

        using (cancellation.UnsafeRegister(static (state, token) => ((Action)state!)(), () => GiveUp(waiter)))
        {
            AttemptResult result = await attempt.Task.ConfigureAwait(false);
            return (waiter.Helper!, result);
        }
    }

    /// <summary>The payload of a delivered clip has been read.</summary>
    public void Release(Helper helper, long payloadBytes)
    {
        helper.Process.Memory.Trim(payloadBytes);
        helper.Process.Memory.Dispose();
        lock (_gate)
        {
            helper.Release();
            Leases.End();
        }
    }

    /// <summary>Waits until one helper is ready and gives what it says of itself; the helper stays warm.</summary>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public Task<ReadyMessage> GreetAsync() => _greetings.First;

    /// <summary>A fresh helper was asked about what another one had found, and what it came to. From any thread.</summary>
    /// <inheritdoc cref="ReuseAfterFaults.Compare"/>
    public void Compare(ClipFault found, ClipSource source, ClipFault? fresh, bool isSettled)
    {
        lock (_gate)
        {
            if (Reuse.Compare(found, source, fresh, isSettled) is not { } disagreement)
            {
                return;
            }

            Log.Disagreement(disagreement.Text, disagreement.Unconfirmed);
            if (disagreement.IsFirst)
            {
                foreach (Helper helper in _warm.ThatFoundFaults)
                {
                    helper.Step(HelperEvent.Retired);
                }
            }
        }
    }

    /// <summary>A decode of another pool has ended: what waits here may begin.</summary>
    public void ServeLater() => ThreadPool.UnsafeQueueUserWorkItem(
        static pool =>
        {
            lock (pool._gate)
            {
                if (!pool._end.IsDisposed)
                {
                    pool.Leases.Serve();
                }
            }
        },
        this,
        preferLocal: false);

    /// <summary>Ends all helpers and waits until they are reaped, or known to be stuck in the kernel.</summary>
    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_end.IsDisposed;
            if (isFirst)
            {
                _end.Dispose();
                Supply.CancelAll();
                EndIfEmpty();
            }
        }

        await _empty.Task.ConfigureAwait(false);
        if (!isFirst)
        {
            return;
        }

        // Helpers that are stuck in the kernel are still to be reaped when it lets them go: then the watching thread ends with the last of them.
        bool others;
        lock (_gate)
        {
            others = Supply.EndClocksWithTheLast();
        }

        if (!others)
        {
            Watch.Dispose();
        }
    }

    /// <summary>A helper is ready for a decode, for the first time or again. Under the lock.</summary>
    public void Offer(Helper helper)
    {
        if (helper.Decodes == 0)
        {
            if (_greetings.Record(helper.Greeting!))
            {
                Log.LooserSandbox(helper.Greeting!.Sandbox);
            }

            Supply.BecameReady();
        }

        _warm.Add(helper);
        Leases.Serve();
        Supply.RetireSurplus();
    }

    /// <summary>A killed helper is stuck in the kernel. Under the lock.</summary>
    public void Unkillable(Helper helper)
    {
        Storage.AddUnkillable(helper);
        EndIfEmpty();
    }

    /// <summary>A helper is gone for good. Under the lock; its memory is given back outside, because the clocks need the lock.</summary>
    public void Forget(Helper helper)
    {
        _givingBack++;
        ThreadPool.UnsafeQueueUserWorkItem(
            static gone =>
            {
                gone.Memory.Dispose();
                gone.Home?.Dispose();
                lock (gone.Pool._gate)
                {
                    gone.Pool._givingBack--;
                    gone.Pool.EndIfEmpty();
                }
            },
            (Pool: this, helper.Process.Memory, helper.Process.Home),
            preferLocal: false);

        Supply.Remove(helper);
        if (helper.WasUnkillable)
        {
            Storage.RemoveUnkillable(helper);
            if (helper.KeepsItsLease)
            {
                Leases.End();
            }
        }

        EndIfEmpty();
        Supply.EndClocksIfLast();
    }

    /// <summary>Completes the disposal where nothing is left. Under the lock.</summary>
    public void EndIfEmpty()
    {
        if (_end.IsDisposed && _givingBack == 0 && Supply.AreGoneBut(Storage.UnkillableCount))
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Gives back what a decode has taken of a helper's shared memory, outside the lock, and then has the helper checked.</summary>
    public void TrimAndCheck(Helper helper)
    {
        helper.Process.Memory.AddReference();
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                work.Helper.Process.Memory.Trim(work.Helper.Process.Memory.PayloadCapacity);
                work.Helper.Process.Memory.Dispose();
                lock (work.Pool._gate)
                {
                    work.Helper.SendCheck();
                }
            },
            (Pool: this, Helper: helper),
            preferLocal: false);
    }

    private void GiveUp(WaitingCaller waiter)
    {
        lock (_gate)
        {
            Leases.GiveUp(waiter);
        }
    }
}

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// Who gets which helper, and how many there are. As many are kept as decodes may run at once, and some spare ones,
/// so that after a kill the next decode finds a warm helper and does not wait for a process to start.
/// </summary>
internal sealed partial class HelperPool : IAsyncDisposable
{
    /// <summary>Starts that may fail one after the other, while no helper decodes, before the installation is given up.</summary>
    private const int MaxFailedStarts = 3;

    /// <summary>The same while other helpers still decode.</summary>
    private const int MaxFailedRetries = 10;

    // A run of a few clips is over by then.
    private static readonly TimeSpan SparesAfter = TimeSpan.FromSeconds(1);

    /// <summary>A pool that starts the workers' helpers at once.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="launch">What is started as a helper.</param>
    /// <param name="logger">Where it tells of helpers.</param>
    /// <param name="template">What helpers are forked from while it lives; stays its owner's. Null where each is started by itself.</param>
    /// <param name="places">Who may decode, together with other pools that take from there; null where this one is alone.</param>
    public HelperPool(SupervisorOptions options, HelperLaunch launch, ILogger logger, HelperTemplate? template = null, DecodePlaces? places = null)
    {
        _places = places ?? DecodePlaces.For(options);
        _template = template;
        _options = options;
        _logger = logger;
        _storage = new StorageBreaker(MonotonicTime.Nanoseconds(options.StorageLimit));
        _launch = launch;
        _spawner = HelperSpawner.For(options.Sandbox, options.NewestLandlock);
        Watch = new HelperEventLoop(_gate);
        lock (_gate)
        {
            KeepUp();
            Watch.Remind(MonotonicTime.After(SparesAfter), KeepSpares);
        }
    }

    /// <summary>The thread that keeps the clocks.</summary>
    public HelperEventLoop Watch { get; }

    /// <summary>Bytes of payload that a helper's memory holds.</summary>
    public long PayloadCapacity => _launch.PayloadBytes;

    /// <summary>Helpers that are warm and without work at this moment.</summary>
    public int ReadyHelpers
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>True where somebody waits for a helper, or did a moment ago.</summary>
    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>The lowest sandbox level that a helper has said to be in force.</summary>
    public SandboxLevel LowestSandbox { get; private set; } = SandboxLevel.Strict;

    /// <summary>What the kernel lacks for the sandbox, or null.</summary>
    public string? SandboxMissing => _spawner.Missing;

    /// <summary>Waits for a helper and gives it a decode.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="fresh">True where only a helper that has decoded nothing will do.</param>
    /// <param name="cancellation">Ends the wait, or the decode and its helper.</param>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public async Task<(Helper Helper, AttemptResult Result)> DecodeAsync(Attempt attempt, bool fresh, CancellationToken cancellation)
    {
        var waiter = new Waiter(attempt, fresh);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_broken is not null)
            {
                throw _broken;
            }

            waiter.Node = !fresh ? _waiters.AddLast(waiter) : LastFresh() is { } last ? _waiters.AddAfter(last, waiter) : _waiters.AddFirst(waiter);
            Serve();
        }

        using (cancellation.UnsafeRegister(static (state, token) => ((Action)state!)(), () => GiveUp(waiter)))
        {
            AttemptResult result = await attempt.Task.ConfigureAwait(false);
            return (waiter.Helper!, result);
        }
    }

    /// <summary>Waits until one helper is ready and gives what it says of itself; the helper stays warm.</summary>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public Task<ReadyMessage> GreetAsync() => _greeting.Task;

    /// <summary>Ends all helpers and waits until they are reaped, or known to be stuck in the kernel.</summary>
    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_disposed;
            if (isFirst)
            {
                _disposed = true;
                FailWaiters(waiter => waiter.Attempt.Cancel());
                foreach (Helper helper in _all.ToArray())
                {
                    helper.CancelAny();
                }

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
            others = _all.Count > 0;
            _watchEndsWithTheLast = others;
        }

        if (!others)
        {
            Watch.Dispose();
        }
    }

    /// <summary>A decode of another pool has ended: what waits here may begin.</summary>
    public void ServeLater() => ThreadPool.UnsafeQueueUserWorkItem(
        static pool =>
        {
            lock (pool._gate)
            {
                if (!pool._disposed)
                {
                    pool.Serve();
                }
            }
        },
        this,
        preferLocal: false);

    // Second attempts stand before all others in the queue, in the order in which they came.
    private LinkedListNode<Waiter>? LastFresh()
    {
        LinkedListNode<Waiter>? last = null;
        for (LinkedListNode<Waiter>? node = _waiters.First; node is { Value.Fresh: true }; node = node.Next)
        {
            last = node;
        }

        return last;
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Helper is { } helper)
            {
                helper.Cancel(waiter.Attempt);
            }
            else if (waiter.InputIsOnItsWay)
            {
                // The bytes are the caller's own memory: its task is cancelled only once the copying thread no longer reads them.
                waiter.HasGivenUp = true;
            }
            else
            {
                Remove(waiter);
                waiter.Attempt.Cancel();
            }
        }
    }

    private void Remove(Waiter waiter)
    {
        if (waiter.Node is { List: not null } node)
        {
            _waiters.Remove(node);
        }
    }

    private void FailWaiters(Action<Waiter> fail)
    {
        while (_waiters.First is { } node)
        {
            _waiters.RemoveFirst();
            fail(node.Value);
        }
    }

    /// <summary>One caller: it waits for a helper first, and then for what comes of the attempt.</summary>
    private sealed class Waiter(Attempt attempt, bool fresh)
    {
        public Attempt Attempt { get; } = attempt;

        public bool Fresh { get; } = fresh;

        public Helper? Helper { get; set; }

        public LinkedListNode<Waiter>? Node { get; set; }

        public bool InputIsOnItsWay { get; set; }

        public bool HasGivenUp { get; set; }
    }
}

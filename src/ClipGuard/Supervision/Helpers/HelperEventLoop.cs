using System.Collections.Concurrent;
using System.Diagnostics;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// The thread that keeps the clocks and receives what helpers send. It waits in the kernel for sockets, ends of processes and one timer,
/// and for nothing else: no busy thread pool and no stuck caller can hold it up.
/// </summary>
internal sealed class HelperEventLoop : IDisposable
{
    private const int SocketTag = 0;
    private const int ProcessTag = 1;
    private const int ErrorsTag = 2;
    private const int TagsPerHelper = 4;

    private readonly Lock _gate;
    private readonly Epoll _epoll = new();
    private readonly Thread _thread;
    private readonly Dictionary<long, Helper> _helpers = [];
    private readonly ConcurrentQueue<Action> _posted = [];
    private readonly PriorityQueue<Action, long> _reminders = new();
    private readonly byte[] _messageBuffer = new byte[WireProtocol.MaxMessageBytes];
    private long _armedAt = long.MaxValue;
    private bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="gate">The lock that everything about the pool's helpers happens under.</param>
    public HelperEventLoop(Lock gate)
    {
        _gate = gate;
        _thread = new Thread(Run) { IsBackground = true, Name = "clipguard-watch" };
        _thread.Start();
    }

    /// <summary>Where messages are received; used under the lock only.</summary>
    public Span<byte> MessageBuffer => _messageBuffer;

    /// <summary>Begins to watch a helper.</summary>
    public void Add(Helper helper)
    {
        _helpers.Add(helper.Id, helper);
        _epoll.Add(helper.Process.Socket, Tag(helper, SocketTag));
        _epoll.Add(helper.Process.PidDescriptor, Tag(helper, ProcessTag));
        _epoll.Add(helper.Process.Errors, Tag(helper, ErrorsTag));
        Arm(helper.NextWake());
    }

    /// <summary>True while the helper's socket is listened to.</summary>
    public bool ListensTo(Helper helper) => _epoll.Contains(Tag(helper, SocketTag));

    /// <summary>Stops listening to a helper's socket.</summary>
    public void IgnoreSocket(Helper helper) => _epoll.Remove(Tag(helper, SocketTag));

    /// <summary>Stops reading a helper's standard error, which is at its end.</summary>
    public void IgnoreErrors(Helper helper) => _epoll.Remove(Tag(helper, ErrorsTag));

    /// <summary>Stops watching for a helper's end, which is known.</summary>
    public void IgnoreEnd(Helper helper) => _epoll.Remove(Tag(helper, ProcessTag));

    /// <summary>Stops watching a helper that is gone, before its descriptors are closed.</summary>
    public void Forget(Helper helper)
    {
        IgnoreSocket(helper);
        IgnoreErrors(helper);
        _epoll.Remove(Tag(helper, ProcessTag));
        _helpers.Remove(helper.Id);
    }

    /// <summary>Has the timer fire no later than this.</summary>
    public void Arm(long at)
    {
        if (at < _armedAt)
        {
            _armedAt = at;
            _epoll.SetTimer(at);
        }
    }

    /// <summary>Has something done on this thread, under the lock. From any thread; not after <see cref="Dispose"/>.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        _epoll.Wake();
    }

    /// <summary>Has something done at a moment, on this thread. Under the lock only.</summary>
    public void Remind(long at, Action action)
    {
        _reminders.Enqueue(action, at);
        Arm(at);
    }

    /// <summary>Ends the thread; all helpers are gone by then. The thread itself may ask for it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            _epoll.Wake();
        }

        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private static long Tag(Helper helper, int kind) => (helper.Id * TagsPerHelper) + kind;

    private void Run()
    {
        Span<long> room = stackalloc long[64];
        bool stopped = false;
        while (!stopped)
        {
            ReadOnlySpan<long> tags = _epoll.Wait(room);
            lock (_gate)
            {
                foreach (long tag in tags)
                {
                    // A helper may have gone while an earlier tag of the same wait was handled.
                    if (tag >= 0 && _epoll.Contains(tag))
                    {
                        HandleEvent(_helpers[tag / TagsPerHelper], (int)(tag % TagsPerHelper));
                    }
                }

                while (_posted.TryDequeue(out Action? action))
                {
                    action();
                }

                KeepClocks();
                stopped = _stopping;
            }
        }

        _epoll.Dispose();
    }

    private static void HandleEvent(Helper helper, int kind)
    {
        switch (kind)
        {
            case SocketTag:
                _ = helper.OnReadable();
                break;
            case ProcessTag:
                helper.OnEnded();
                break;
            default:
                helper.OnErrors();
                break;
        }
    }

    private void KeepClocks()
    {
        long now = Stopwatch.GetTimestamp();
        if (now < _armedAt)
        {
            return;
        }

        _armedAt = long.MaxValue;
        foreach (Helper helper in _helpers.Values.ToArray())
        {
            helper.CheckClocks(now);
        }

        while (_reminders.TryPeek(out Action? action, out long at) && at <= now)
        {
            _reminders.Dequeue();
            action();
        }

        long next = _reminders.TryPeek(out _, out long reminder) ? reminder : long.MaxValue;
        foreach (Helper helper in _helpers.Values)
        {
            next = Math.Min(next, helper.NextWake());
        }

        _armedAt = next;
        _epoll.SetTimer(next);
    }
}

using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

/// <summary>
/// An epoll set with a timer and a wake-up: all that a thread which keeps clocks ever waits on. What it waits for is known by tags of the owner's choice,
/// 0 and above. One thread at a time, but for <see cref="Wake"/>.
/// </summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    /// <summary>Tag of the timer.</summary>
    public const long TimerTag = -1;

    /// <summary>Tag of the wake-up.</summary>
    public const long WakeTag = -2;

    private const int MaxEvents = 64;
    private const uint In = 0x1;
    private const int CtlAdd = 1;
    private const int CtlDel = 2;
    private const int CloExec = 0x80000;
    private const int NonBlock = 0x800;
    private const int ClockMonotonic = 1;
    private const int TimerAbsolute = 1;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly Dictionary<long, int> _descriptors = [];
    private readonly int _epoll;
    private readonly int _timer;
    private readonly int _wake;
    private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * EventSize));

    public Epoll()
    {
        _epoll = Descriptors.Checked(EpollCreate(CloExec), "epoll_create1");
        _timer = Descriptors.Checked(TimerCreate(ClockMonotonic, CloExec | NonBlock), "timerfd_create");
        _wake = Descriptors.Checked(EventFd(0, CloExec | NonBlock), "eventfd");
        Add(_timer, TimerTag);
        Add(_wake, WakeTag);
    }

    /// <summary>Waits for a descriptor to become readable or to hang up, from now on.</summary>
    public void Add(int fd, long tag)
    {
        byte* change = stackalloc byte[EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(change, 4), In);
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(change + DataOffset, 8), tag);
        _ = Descriptors.Checked(EpollCtl(_epoll, CtlAdd, fd, change), "epoll_ctl");
        _descriptors.Add(tag, fd);
    }

    /// <summary>Stops waiting for a descriptor, before it is closed. Does nothing where it is not waited for.</summary>
    public void Remove(long tag)
    {
        if (_descriptors.Remove(tag, out int fd))
        {
            byte* unused = stackalloc byte[EventSize];
            _ = Descriptors.Checked(EpollCtl(_epoll, CtlDel, fd, unused), "epoll_ctl");
        }
    }

    /// <summary>True while a descriptor is waited for. One wait may give the tags of several, and what is done about the first may remove the next.</summary>
    public bool Contains(long tag) => _descriptors.ContainsKey(tag);

    /// <summary>Waits without limit and gives the tags of what happened. The timer and the wake-up are quieted here.</summary>
    public ReadOnlySpan<long> Wait(Span<long> tags)
    {
        int count = EpollWait(_epoll, _events, Math.Min(MaxEvents, tags.Length), -1);
        if (count < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Libc.EINTR ? default : throw new Win32Exception(error, $"epoll_wait: {Libc.ErrorText(error)}");
        }

        for (int i = 0; i < count; i++)
        {
            tags[i] = BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(_events + (i * EventSize) + DataOffset, 8));
            if (tags[i] is TimerTag or WakeTag)
            {
                ulong counter;
                Libc.Read(tags[i] == TimerTag ? _timer : _wake, &counter, sizeof(ulong));
            }
        }

        return tags[..count];
    }

    /// <summary>Sets the timer to a moment of CLOCK_MONOTONIC in nanoseconds; <see cref="long.MaxValue"/> turns it off.</summary>
    public void SetTimer(long nanoseconds)
    {
        // A moment that has passed still has to fire, and zero would turn the timer off.
        long at = nanoseconds == long.MaxValue ? 0 : Math.Max(1, nanoseconds);
        long* setting = stackalloc long[4] { 0, 0, at / 1_000_000_000, at % 1_000_000_000 };
        _ = Descriptors.Checked(TimerSet(_timer, TimerAbsolute, setting, null), "timerfd_settime");
    }

    /// <summary>Ends the current wait.</summary>
    public void Wake()
    {
        ulong one = 1;
        Libc.Write(_wake, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Close(_wake);
        _ = Libc.Close(_timer);
        _ = Libc.Close(_epoll);
        NativeMemory.Free(_events);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollCtl(int epoll, int operation, int fd, void* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, void* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static partial int TimerSet(int timer, int flags, void* setting, void* before);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);
}

using ClipGuard.Media.Native;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// All that a session's thread waits for in the kernel: what its processes send and write, their ends, one timer, and the wake-up by other threads.
/// The session's own thread alone, but for <see cref="Wake"/>.
/// </summary>
/// <param name="streams">Streams of the session; the guardian has the number behind theirs.</param>
internal sealed class SessionEpoll(int streams) : IDisposable
{
    private static readonly int KindsEach = Enum.GetValues<DescriptorKind>().Length;

    private readonly Epoll _epoll = new();
    private long _timerAt = long.MaxValue;

    /// <summary>The guardian's number.</summary>
    public int Guardian { get; } = streams;

    /// <summary>Waits for a stream's helper.</summary>
    public void Watch(SessionStream stream, HelperProcess process) => Watch(stream.Index, process);

    /// <summary>Waits for the guardian, and for what its tool writes.</summary>
    public void Watch(GuardianProcess guardian)
    {
        Watch(Guardian, guardian.Process);
        _epoll.Add(guardian.Output.Descriptor, Tag(Guardian, DescriptorKind.ToolOutput));
        _epoll.Add(guardian.ToolErrors.Descriptor, Tag(Guardian, DescriptorKind.ToolErrors));
    }

    /// <summary>Waits for one thing no more.</summary>
    public void Ignore(int owner, DescriptorKind kind) => _epoll.Remove(Tag(owner, kind));

    /// <summary>Waits for nothing of a stream's helper, or the guardian, any more.</summary>
    public void IgnoreAll(int owner)
    {
        foreach (DescriptorKind kind in Enum.GetValues<DescriptorKind>())
        {
            Ignore(owner, kind);
        }
    }

    /// <summary>True while messages are listened for.</summary>
    public bool ListensTo(int owner) => _epoll.Contains(Tag(owner, DescriptorKind.Socket));

    /// <summary>Waits without limit. What comes back is for <see cref="TryRead"/>.</summary>
    public ReadOnlySpan<long> Wait(Span<long> room) => _epoll.Wait(room);

    /// <summary>
    /// Whose descriptor it was and which; false for the timer, the wake-up, and what went while an earlier event of the same wait was handled.
    /// </summary>
    public bool TryRead(long tag, out int owner, out DescriptorKind kind)
    {
        (owner, kind) = ((int)(tag / KindsEach), (DescriptorKind)(tag % KindsEach));
        return tag >= 0 && _epoll.Contains(tag);
    }

    /// <summary>Sets the timer.</summary>
    public void SetTimer(long at)
    {
        if (at != _timerAt)
        {
            _timerAt = at;
            _epoll.SetTimer(at);
        }
    }

    /// <summary>Ends the current wait. From any thread, not after <see cref="Dispose"/>.</summary>
    public void Wake() => _epoll.Wake();

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private void Watch(int owner, HelperProcess process)
    {
        _epoll.Add(process.Socket, Tag(owner, DescriptorKind.Socket));
        _epoll.Add(process.PidDescriptor, Tag(owner, DescriptorKind.Process));
        _epoll.Add(process.Errors, Tag(owner, DescriptorKind.Errors));
    }

    private static long Tag(int owner, DescriptorKind kind) => ((long)owner * KindsEach) + (long)kind;
}

/// <summary>What a descriptor of a process tells.</summary>
internal enum DescriptorKind
{
    /// <summary>Its messages.</summary>
    Socket,

    /// <summary>Its end.</summary>
    Process,

    /// <summary>Its own standard error.</summary>
    Errors,

    /// <summary>The tool's standard output; the guardian alone.</summary>
    ToolOutput,

    /// <summary>The tool's standard error; the guardian alone.</summary>
    ToolErrors,
}

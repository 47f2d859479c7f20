using System.Runtime.InteropServices;

using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.Native;

namespace ClipGuard.Streams.Groups;

/// <summary>A process that writes streams, one after the other, each for another group.</summary>
internal sealed class StreamHelper(HelperProcess process)
{
    /// <summary>The process.</summary>
    public HelperProcess Process { get; } = process;

    /// <summary>The end of what it wrote to its standard error.</summary>
    public StandardErrorTail Errors { get; } = new(process.Errors);

    /// <summary>What it said when it was ready; null before.</summary>
    public ReadyMessage? Greeting { get; set; }

    /// <summary>Streams that were given to it.</summary>
    public int Streams { get; set; }

    /// <summary>True while it lives and has nothing to say, as it should without work.</summary>
    public unsafe bool IsQuiet()
    {
        const int peek = 2;
        byte any;
        return Libc.Recv(Process.Socket, &any, 1, peek | Libc.MSG_DONTWAIT) < 0 && Marshal.GetLastPInvokeError() == Libc.EAGAIN;
    }

    /// <summary>Kills it and waits until it is gone. For a helper without work, which dies at once.</summary>
    public unsafe void End()
    {
        Process.Kill();
        _ = Libc.Wait4(Process.Pid, null, 0, null);
        Process.Bury();
    }
}

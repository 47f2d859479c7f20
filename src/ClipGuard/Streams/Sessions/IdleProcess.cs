using System.Runtime.InteropServices;

using ClipGuard.Media.Native;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Streams.Sessions;

/// <summary>What can be asked and done of a process that waits for work between two groups.</summary>
internal static unsafe class IdleProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>True while it lives and has nothing to say, as it should without work.</summary>
    public static bool IsQuiet(HelperProcess process)
    {
        byte any;
        return Libc.Recv(process.Socket, &any, 1, Libc.MSG_PEEK | Libc.MSG_DONTWAIT) < 0 && Marshal.GetLastPInvokeError() == Libc.EAGAIN;
    }

    /// <summary>Kills it and waits until it is gone; without work it dies at once, and one that is stuck in the kernel is left to it.</summary>
    /// <returns>How it ended, where that is known.</returns>
    public static ProcessExit End(HelperProcess process)
    {
        process.Kill();
        _ = ProcessWait.ForEnd(process.PidDescriptor, Patience);
        _ = process.TryReap(out ProcessExit exit);
        return exit;
    }
}

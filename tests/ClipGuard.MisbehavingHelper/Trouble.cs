using System.Runtime.InteropServices;

using ClipGuard.Media;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Ways to get stuck or die in native code.</summary>
internal static unsafe partial class Trouble
{
    /// <summary>Waits in the kernel for ever, and ignores SIGTERM meanwhile.</summary>
    public static void Block()
    {
        const nint ignore = 1;
        Signal(15, ignore);
        while (true)
        {
            _ = Pause();
        }
    }

    /// <summary>Uses the CPU for ever.</summary>
    public static void Spin()
    {
        for (ulong turns = 0; turns < ulong.MaxValue; turns++)
        {
        }
    }

    /// <summary>SIGSEGV in native code.</summary>
    public static void Segfault() => MemorySet((void*)8, 1, 64);

    /// <summary>Memory that is taken from here on is given back page by page: at a kill that takes the kernel some 80 ms a gigabyte.</summary>
    public static void RefuseHugePages()
    {
        const int thpDisable = 41;
        _ = Prctl(thpDisable, 1, 0, 0, 0);
    }

    /// <summary>Takes memory without end, and with progress, as a decoder that piles up frames makes it: what ends this is memory, not a clock.</summary>
    public static void Allocate(ProgressMarks marks)
    {
        const nuint block = 16 << 20;
        while (true)
        {
            marks.AddPacket();
            NativeMemory.Fill(NativeMemory.Alloc(block), block, 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "abort")]
    public static partial void Abort();

    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    [LibraryImport("libc", EntryPoint = "raise")]
    public static partial int Raise(int signal);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Ftruncate(int fd, long length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "pause")]
    private static partial int Pause();

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "memset")]
    private static partial void* MemorySet(void* start, int value, nuint length);
}

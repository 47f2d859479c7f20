using System.Diagnostics;
using System.Runtime.InteropServices;

using ClipGuard.Media;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Ways to get stuck or die in native code.</summary>
internal static unsafe partial class NativeHangsAndCrashes
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

    /// <summary>Memory that is written to, and so held.</summary>
    public static void* Hold(int megabytes, Action<nint, nuint>? beforehand = null)
    {
        nuint bytes = (nuint)megabytes << 20;
        void* memory = NativeMemory.AlignedAlloc(bytes, (nuint)Environment.SystemPageSize);
        beforehand?.Invoke((nint)memory, bytes);
        NativeMemory.Fill(memory, bytes, 1);
        return memory;
    }

    /// <summary>Uses the CPU for a while.</summary>
    public static void Burn(TimeSpan time)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            Thread.SpinWait(100);
        }
    }

    /// <summary>SIGSEGV in native code.</summary>
    public static void Segfault() => MemorySet((void*)8, 1, 64);

    /// <summary>This memory is given back page by page: at a kill that takes the kernel some 80 ms a gigabyte.</summary>
    public static void RefuseHugePages(nint start, nuint bytes)
    {
        const int noHugePage = 15;
        _ = MemoryAdvise((void*)start, bytes, noHugePage);
    }

    /// <summary>Takes shared memory, which the limit on a process's memory does not count.</summary>
    public static void Share(nuint bytes)
    {
        const int readAndWrite = 3;
        const int sharedAnonymous = 0x21;
        NativeMemory.Fill(Mmap(null, bytes, readAndWrite, sharedAnonymous, -1, 0), bytes, 1);
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

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* start, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

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

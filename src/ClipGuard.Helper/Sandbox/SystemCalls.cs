using System.Runtime.InteropServices;

namespace ClipGuard.Helper.Sandbox;

/// <summary>What the sandbox asks of the kernel.</summary>
internal static unsafe partial class SystemCalls
{
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Syscall(long number, nuint argument1, nuint argument2, void* argument3);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetResourceLimit(int resource, ulong* limits);
}

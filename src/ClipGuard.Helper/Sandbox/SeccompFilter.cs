using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Helper.Sandbox;

/// <summary>
/// The filter on system calls (seccomp). It is taken on by every thread of the process at once, cannot be taken off,
/// and answers what is refused with an error, so that a library which tries and can do without goes on.
/// </summary>
internal sealed unsafe class SeccompFilter
{
    private const int SECCOMP_SET_MODE_FILTER = 1;
    private const int SECCOMP_FILTER_FLAG_TSYNC = 1;
    private const uint Allow = 0x7fff0000;
    private const uint KillProcess = 0x80000000;
    private const uint Error = 0x00050000;
    private const uint EPERM = 1;
    private const uint ENOSYS = 38;
    private const uint CLONE_THREAD = 0x10000;
    private const uint F_SETOWN = 8;
    private const uint F_SETSIG = 10;
    private const uint F_SETOWN_EX = 15;
    private const uint X32Bit = 0x40000000;

    // Offsets in struct seccomp_data.
    private const uint NumberAt = 0;
    private const uint ArchitectureAt = 4;
    private const uint FirstArgumentAt = 16;
    private const uint ArgumentBytes = 8;

    // mknodat's third argument for a FIFO that only its owner may open: S_IFIFO | 0600.
    private const uint PrivateFifo = 0x1180;

    private readonly List<Instruction> _program = [];

    private SeccompFilter()
    {
    }

    /// <summary>The filter of a level.</summary>
    /// <param name="level">How much it refuses.</param>
    /// <param name="makesFifos">True where FIFOs of mode 0600 may be made; where, landlock says.</param>
    public static SeccompFilter For(SandboxLevel level, bool makesFifos = false)
    {
        var filter = new SeccompFilter();
        SystemCallTable calls = SystemCallTable.Current;
        filter.Load(ArchitectureAt);
        filter.ReturnUnless(calls.Architecture, KillProcess);
        filter.Load(NumberAt);
        filter.ReturnFrom(X32Bit, Error | ENOSYS);

        // The arguments of clone3 lie in memory that no filter can read; told that it is missing, the C library takes clone.
        filter.ReturnAt(SystemCallTable.Clone3, Error | ENOSYS);
        filter.AllowWithArgumentBit(calls.Clone, CLONE_THREAD);
        foreach (uint call in calls.ToAProcess)
        {
            filter.AllowWithArgument(call, (uint)Environment.ProcessId);
        }

        if (makesFifos)
        {
            filter.AllowWhere(calls.MakeNode, new Instruction(0x15, 1, 0, PrivateFifo), argument: 2);
        }

        // A descriptor can be told to send a signal to any process when something happens to it.
        filter.RefuseWithArgument(calls.FileControl, 1, F_SETOWN, F_SETSIG, F_SETOWN_EX);

        // Its own limits are the process's to read; zero means itself.
        filter.AllowWithArgument(calls.ResourceLimit, 0);
        foreach (uint call in calls.Denied)
        {
            filter.ReturnAt(call, Error | EPERM);
        }

        if (level == SandboxLevel.Strict)
        {
            foreach (uint call in calls.Needed)
            {
                filter.ReturnAt(call, Allow);
            }
        }

        filter.Return(level == SandboxLevel.Strict ? Error | EPERM : Allow);
        return filter;
    }

    /// <summary>Puts the filter on.</summary>
    /// <returns>False where the kernel has no such thing.</returns>
    public bool Install()
    {
        fixed (Instruction* start = CollectionsMarshal.AsSpan(_program))
        {
            var program = new Program { Length = (ushort)_program.Count, Start = start };
            return Libc.Syscall(SystemCallTable.Current.Seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, (nint)(&program), 0) == 0;
        }
    }

    private void Load(uint offset) => _program.Add(new Instruction(0x20, 0, 0, offset));

    private void Return(uint verdict) => _program.Add(new Instruction(0x06, 0, 0, verdict));

    private void ReturnAt(uint number, uint verdict)
    {
        _program.Add(new Instruction(0x15, 0, 1, number));
        Return(verdict);
    }

    private void ReturnUnless(uint number, uint verdict)
    {
        _program.Add(new Instruction(0x15, 1, 0, number));
        Return(verdict);
    }

    private void ReturnFrom(uint lowest, uint verdict)
    {
        _program.Add(new Instruction(0x35, 0, 1, lowest));
        Return(verdict);
    }

    private void AllowWithArgument(uint number, uint value) => AllowWhere(number, new Instruction(0x15, 1, 0, value));

    private void AllowWithArgumentBit(uint number, uint bit) => AllowWhere(number, new Instruction(0x45, 1, 0, bit));

    private void RefuseWithArgument(uint number, uint argument, params ReadOnlySpan<uint> values)
    {
        _program.Add(new Instruction(0x15, 0, (byte)((2 * values.Length) + 2), number));
        Load(FirstArgumentAt + (argument * ArgumentBytes));
        foreach (uint value in values)
        {
            ReturnAt(value, Error | EPERM);
        }

        Load(NumberAt);
    }

    private void AllowWhere(uint number, Instruction test, uint argument = 0)
    {
        _program.Add(new Instruction(0x15, 0, 4, number));
        Load(FirstArgumentAt + (argument * ArgumentBytes));
        _program.Add(test);
        Return(Error | EPERM);
        Return(Allow);
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte JumpIfTrue, byte JumpIfFalse, uint Value);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* Start;
    }
}

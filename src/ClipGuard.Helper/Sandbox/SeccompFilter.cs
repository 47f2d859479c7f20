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
    private const uint X32Bit = 0x40000000;

    private const uint CLONE_THREAD = 0x10000;
    private const uint MAP_SHARED = 0x1;
    private const uint MAP_ANONYMOUS = 0x20;
    private const uint PROT_WRITE = 0x2;
    private const uint F_SETFL = 4;
    private const uint O_ASYNC = 0x2000;

    // mknodat's third argument for a FIFO that only its owner may open: S_IFIFO | 0600.
    private const uint PrivateFifo = 0x1180;

    // Offsets in struct seccomp_data.
    private const uint NumberAt = 0;
    private const uint ArchitectureAt = 4;
    private const uint FirstArgumentAt = 16;
    private const uint ArgumentBytes = 8;

    // BPF_JMP | BPF_K with BPF_JEQ, BPF_JGT, BPF_JGE and BPF_JSET.
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAbove = 0x25;
    private const ushort JumpIfFrom = 0x35;
    private const ushort JumpIfAnyBit = 0x45;

    private readonly List<Instruction> _program = [];

    private SeccompFilter()
    {
    }

    /// <summary>The filter of a level.</summary>
    /// <param name="level">How much it refuses.</param>
    /// <param name="makesFifos">True where FIFOs of mode 0600 may be made; where, landlock says.</param>
    /// <param name="mapsCodeTwice">True where the runtime maps the memory of its compiler a second time to write to it, and must be let.</param>
    public static SeccompFilter For(SandboxLevel level, bool makesFifos = false, bool mapsCodeTwice = false)
    {
        var filter = new SeccompFilter();
        SystemCallTable calls = SystemCallTable.Current;
        filter.Load(ArchitectureAt);
        filter.ReturnUnless(calls.Architecture, KillProcess);
        filter.Load(NumberAt);
        filter.ReturnFrom(X32Bit, Error | ENOSYS);

        // What a call does that is not in the table is not known, and on the kernel that this was written for there is none such.
        filter.ReturnBetween(calls.FirstUnknown, SystemCallTable.LastUnknown, Error | ENOSYS);
        filter.ReturnFrom(SystemCallTable.FirstNewer, Error | ENOSYS);

        // The arguments of clone3 lie in memory that no filter can read; told that it is missing, the C library takes clone.
        filter.ReturnAt(SystemCallTable.Clone3, Error | ENOSYS);
        filter.AllowOnly(calls.Clone, Condition.Has(0, CLONE_THREAD));
        uint self = (uint)Environment.ProcessId;
        foreach (uint call in calls.ToAProcess)
        {
            filter.AllowOnly(call, Condition.Is(0, self));
        }

        // Its own limits and processors are the process's to read and to set; zero means itself.
        filter.AllowOnly(calls.ResourceLimit, Condition.Is(0, 0));
        filter.AllowOnly(calls.SetAffinity, Condition.Is(0, 0), Condition.Is(0, self));

        if (makesFifos)
        {
            filter.AllowOnly(calls.MakeNode, Condition.Is(2, PrivateFifo));
        }

        // A descriptor can be told to send a signal to any process when something happens to it; one of a terminal needs no more than O_ASYNC for that.
        filter.Refuse(calls.FileControl, Condition.Is(1, F_SETFL), Condition.Has(2, O_ASYNC));
        filter.AllowOnly(calls.FileControl, 1, AllowedControls.FileControls);
        filter.AllowOnly(calls.DeviceControl, 1, AllowedControls.DeviceControls);
        filter.AllowOnly(calls.ProcessControl, 0, AllowedControls.ProcessControls);

        // Shared memory is not counted by the limit on memory. The payload is mapped already, and files that are read may be mapped.
        filter.Refuse(calls.MapMemory, Condition.Has(3, MAP_SHARED), Condition.Has(3, MAP_ANONYMOUS));
        if (!mapsCodeTwice)
        {
            filter.Refuse(calls.MapMemory, Condition.Has(3, MAP_SHARED), Condition.Has(2, PROT_WRITE));
        }

        filter.ReturnAt(calls.MapMemory, Allow);
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
        _program.Add(new Instruction(JumpIfEqual, 0, 1, number));
        Return(verdict);
    }

    private void ReturnUnless(uint number, uint verdict)
    {
        _program.Add(new Instruction(JumpIfEqual, 1, 0, number));
        Return(verdict);
    }

    private void ReturnFrom(uint lowest, uint verdict)
    {
        _program.Add(new Instruction(JumpIfFrom, 0, 1, lowest));
        Return(verdict);
    }

    private void ReturnBetween(uint lowest, uint highest, uint verdict)
    {
        _program.Add(new Instruction(JumpIfFrom, 0, 2, lowest));
        _program.Add(new Instruction(JumpIfAbove, 1, 0, highest));
        Return(verdict);
    }

    /// <summary>Refuses a call where all conditions hold; otherwise what follows decides.</summary>
    private void Refuse(uint number, params ReadOnlySpan<Condition> all)
    {
        // Past the conditions and the refusal, to where the number is loaded again.
        byte past = (byte)((2 * all.Length) + 1);
        _program.Add(new Instruction(JumpIfEqual, 0, (byte)(past + 1), number));
        foreach (Condition condition in all)
        {
            Load(FirstArgumentAt + (condition.Argument * ArgumentBytes));
            past -= 2;
            _program.Add(new Instruction(condition.Jump, 0, past, condition.Value));
        }

        Return(Error | EPERM);
        Load(NumberAt);
    }

    /// <summary>Lets a call through where one of the conditions holds, and refuses it otherwise.</summary>
    private void AllowOnly(uint number, params ReadOnlySpan<Condition> any)
    {
        byte past = (byte)((2 * any.Length) + 1);
        _program.Add(new Instruction(JumpIfEqual, 0, (byte)(past + 1), number));
        foreach (Condition condition in any)
        {
            Load(FirstArgumentAt + (condition.Argument * ArgumentBytes));
            past -= 2;
            _program.Add(new Instruction(condition.Jump, past, 0, condition.Value));
        }

        Return(Error | EPERM);
        Return(Allow);
    }

    private void AllowOnly(uint number, uint argument, ReadOnlySpan<uint> values)
    {
        Span<Condition> any = stackalloc Condition[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            any[i] = Condition.Is(argument, values[i]);
        }

        AllowOnly(number, any);
    }

    /// <summary>A condition on the lower 32 bits of an argument: all that the kernel reads of those that are asked about here.</summary>
    private readonly record struct Condition(uint Argument, ushort Jump, uint Value)
    {
        public static Condition Is(uint argument, uint value) => new(argument, JumpIfEqual, value);

        public static Condition Has(uint argument, uint bits) => new(argument, JumpIfAnyBit, bits);
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

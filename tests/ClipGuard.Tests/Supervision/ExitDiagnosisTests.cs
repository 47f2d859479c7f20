using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>What the end of a helper says about its clip.</summary>
internal sealed class ExitDiagnosisTests
{
    private const long MemoryLimit = 100 << 20;

    private static readonly ProcessExit Segfault = new() { Signal = 11 };
    private static readonly ProcessExit Killed = new() { Signal = 9 };
    private static readonly ProcessExit Seven = new() { Code = 7 };

    [Test]
    public void A_signal_or_exit_code_of_its_own_is_a_crash()
    {
        Assert.That(Of(Segfault), Is.EqualTo((FaultKind.Crashed, false, "The helper died of SIGSEGV in stage Decode.")));
        Assert.That(Of(Seven), Is.EqualTo((FaultKind.Crashed, false, "The helper ended with exit code 7 in stage Decode.")));
    }

    [TestCase("terminate called after throwing an instance of 'std::bad_alloc'")]
    [TestCase("memory allocation of 4096 bytes failed")]
    [TestCase("Out of memory.")]
    [TestCase("Cannot allocate memory")]
    public void One_that_says_so_wanted_too_much_memory(string line)
    {
        (FaultKind? kind, bool isOutOfMemory, string message) = Of(Segfault, new PostMortem { Log = ["fine so far", line] });
        Assert.That((kind, isOutOfMemory), Is.EqualTo(((FaultKind?)FaultKind.LimitExceeded, true)));
        Assert.That(message, Does.Contain("wanted more memory than the 104857600 bytes"));
    }

    [TestCase(80 << 20, FaultKind.LimitExceeded)]
    [TestCase((80 << 20) - 1, FaultKind.Crashed)]
    public void One_that_held_four_fifths_of_its_memory_wanted_too_much(long peak, FaultKind kind) =>
        Assert.That(Of(Seven, new PostMortem { PeakMemoryBytes = peak }).Kind, Is.EqualTo(kind));

    [Test]
    public void A_kill_that_the_kernel_counts_is_for_want_of_memory_once_for_each()
    {
        long count = 0;
        var kills = new MemoryKills(() => count, TimeProvider.System);
        count = 1;
        Assert.That(
            Of(Killed, kills: kills),
            Is.EqualTo((FaultKind.LimitExceeded, true, "The helper was ended by the system in stage Decode when the machine's memory ran out.")));
        Assert.That(Of(Killed, kills: kills).Kind, Is.Null);
    }

    [Test]
    public void A_kill_by_somebody_else_and_an_end_that_nobody_saw_say_nothing()
    {
        Assert.That(Of(Killed), Is.EqualTo(((FaultKind?)null, false, "The helper died of SIGKILL in stage Decode, which was not ClipGuard's doing.")));
        Assert.That(Of(default).Kind, Is.Null);
        Assert.That((ExitDiagnosis.IsExternal(Killed), ExitDiagnosis.IsExternal(default), ExitDiagnosis.IsExternal(Seven)), Is.EqualTo((true, true, false)));
    }

    private static (FaultKind? Kind, bool IsOutOfMemory, string Message) Of(ProcessExit exit, PostMortem? postMortem = null, MemoryKills? kills = null)
    {
        kills ??= new MemoryKills(static () => 0, TimeProvider.System);
        var termination = ExitDiagnosis.Of("The helper", exit, "in stage Decode", postMortem ?? new PostMortem(), MemoryLimit, kills);
        return (termination.Fault, termination.IsOutOfMemory, termination.Message);
    }
}

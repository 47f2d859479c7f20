using ClipGuard.Cli.Settings;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>How many threads a decoder gets.</summary>
[CancelAfter(30_000)]
public sealed class DecoderThreadsOptionTests
{
    [Test]
    public void By_itself_a_decoder_has_threads_where_workers_leave_processors_free()
    {
        int processors = AvailableProcessors.Count;
        Assert.That(new SupervisorOptions().ThreadsOfDecoder(isProgram: false), Is.EqualTo(1));
        Assert.That(new SupervisorOptions { Workers = processors + 1 }.ThreadsOfDecoder(isProgram: false), Is.EqualTo(1));
        Assert.That(
            new SupervisorOptions { Workers = 1 }.ThreadsOfDecoder(isProgram: false), Is.EqualTo(processors == 1 ? 1 : Math.Min(8, processors + 1)));
    }

    [Test]
    public void A_program_of_somebody_elses_and_this_process_have_one_thread_unless_told_otherwise()
    {
        var here = new SupervisorOptions { Workers = 1, Isolation = IsolationMode.InProcess };
        Assert.That(here.ThreadsOfDecoder(isProgram: false), Is.EqualTo(1));
        Assert.That(new SupervisorOptions { Workers = 1 }.ThreadsOfDecoder(isProgram: true), Is.EqualTo(1));
        Assert.That((here with { DecoderThreads = 3 }).ThreadsOfDecoder(isProgram: true), Is.EqualTo(3));
    }

    [TestCase(null, null, null, 1)]
    [TestCase("8", null, null, 8)]
    [TestCase(null, "4", null, 4)]
    [TestCase("1", null, "6", 6)]
    [TestCase("many", "0", null, 1)]
    public void Processes_of_a_launcher_beside_this_one_share_its_processors(string? torchrun, string? openMpi, string? mpich, int expected)
    {
        var environment = new Dictionary<string, string?>
        {
            ["LOCAL_WORLD_SIZE"] = torchrun,
            ["OMPI_COMM_WORLD_LOCAL_SIZE"] = openMpi,
            ["MPI_LOCALNRANKS"] = mpich,
        };
        Assert.That(AvailableProcessors.FindProcesses(environment.GetValueOrDefault), Is.EqualTo(expected));
    }

    [Test]
    public void Helpers_have_one_heap_where_their_decoders_have_threads()
    {
        var options = new SupervisorOptions { HelperPath = "/helper", DecoderThreads = 1 };
        Assert.That(Tunables(options), Is.EqualTo("GLIBC_TUNABLES=glibc.malloc.hugetlb=1"));
        Assert.That(Tunables(options with { DecoderThreads = 2 }), Does.Contain(":glibc.malloc.arena_max=1"));

        static string Tunables(SupervisorOptions options) =>
            HelperLaunch.From(options).Environment.Single(variable => variable.StartsWith("GLIBC_TUNABLES=", StringComparison.Ordinal));
    }

    [Test]
    public void There_is_at_least_one() => Assert.That(
        () => new SupervisorOptions { DecoderThreads = 0 }.Validate(),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("DecoderThreads"));

    [Test]
    public void Auto_is_the_default_in_words()
    {
        Assert.That(SettingTextParser.CountOrAuto("auto"), Is.Null);
        Assert.That(SettingTextParser.CountOrAuto("3"), Is.EqualTo(3));
        Assert.That(() => SettingTextParser.CountOrAuto("0"), Throws.InstanceOf<FormatException>());
    }
}

using ClipGuard.Cli.Settings;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>How many threads a decoder gets.</summary>
[CancelAfter(30_000)]
public sealed class DecoderThreadsOptionTests
{
    [Test]
    public void By_itself_a_decoder_has_threads_where_workers_leave_processors_free()
    {
        int processors = ProcessorShare.Count;
        Assert.That(new SupervisorOptions().ThreadsOfDecoder(isProgram: false), Is.EqualTo(1));
        Assert.That(new SupervisorOptions { Workers = processors + 1 }.ThreadsOfDecoder(isProgram: false), Is.EqualTo(1));
        Assert.That(
            new SupervisorOptions { Workers = 1 }.ThreadsOfDecoder(isProgram: false), Is.EqualTo(processors == 1 ? 1 : Math.Min(8, processors + 1)));
    }

    [Test]
    public void A_program_of_somebody_elses_and_this_process_have_one_thread_unless_told_otherwise()
    {
        var here = new SupervisorOptions { Workers = 1, Isolation = Isolation.InProcess };
        Assert.That(here.ThreadsOfDecoder(isProgram: false), Is.EqualTo(1));
        Assert.That(new SupervisorOptions { Workers = 1 }.ThreadsOfDecoder(isProgram: true), Is.EqualTo(1));
        Assert.That((here with { DecoderThreads = 3 }).ThreadsOfDecoder(isProgram: true), Is.EqualTo(3));
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

using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ClipStorageHealthTests
{
    private const long Limit = 100;

    private static readonly Attempt File = New(new FileSource("/data/clip.wav"));
    private static readonly Attempt Memory = New(new MemorySource(new byte[] { 1, 2, 3 }));
    private static readonly AttemptResult Waited = Unsettled(UnsettledCause.Storage);
    private static readonly AttemptResult Delivered = new AttemptResult.Delivered(new DecodedClip(ElementType.Float32, [1, 1]));

    private readonly ClipStorageHealth _storage = new(Limit);

    [Test]
    public void Once_a_decode_has_waited_in_vain_those_that_read_it_go_one_at_a_time_and_others_go_on()
    {
        _storage.Began(File);
        _storage.Began(File);
        Assert.That(_storage.Ended(File, Waited, now: 1000), Is.False);
        Assert.That((_storage.MayDispatch(File), _storage.MayDispatch(Memory)), Is.EqualTo((false, true)));

        _storage.Ended(File, result: null, now: 1001);
        Assert.That(_storage.MayDispatch(File), "one is let through, to see whether it answers");
        _storage.Began(File);
        Assert.That(_storage.MayDispatch(File), Is.False);

        _storage.Ended(File, Delivered, now: 1002);
        _storage.Began(File);
        Assert.That(_storage.MayDispatch(File));
    }

    [Test]
    public void Its_silence_counts_from_the_first_that_waited_in_vain()
    {
        Assert.That((End(Waited, 1000), End(Waited, 1099), End(Waited, 1100)), Is.EqualTo((false, false, true)));
        Assert.That((End(Delivered, 1101), End(Waited, 1102)), Is.EqualTo((false, false)));
    }

    [TestCase(FaultKind.Missing, true)]
    [TestCase(FaultKind.Corrupt, true)]
    [TestCase(FaultKind.Stalled, false)]
    [TestCase(FaultKind.Crashed, false)]
    public void What_a_decoder_finds_is_an_answer_of_the_storage(FaultKind kind, bool isAnswer)
    {
        End(Waited, 1000);
        End(new AttemptResult.Faulted(new ClipFault(kind, DecodeStage.Open, "It is so.", new PostMortem())), 1001);
        Assert.That((_storage.IsSilent, _storage.HasAnsweredSince(1000)), Is.EqualTo((!isAnswer, isAnswer)));
    }

    [Test]
    public void Neither_an_error_that_it_gave_at_once_nor_a_machine_that_was_busy_is_silence()
    {
        End(new AttemptResult.Unsettled(new UnsettledClip(UnsettledCause.Storage, DecodeStage.Open, "EIO", new PostMortem())), 1000);
        End(Unsettled(UnsettledCause.Starved), 1000);
        Assert.That(_storage.IsSilent, Is.False);
    }

    [Test]
    public void Clips_in_memory_tell_nothing_of_it()
    {
        End(Waited, 1000);
        _storage.Began(Memory);
        _storage.Ended(Memory, Delivered, now: 1001);
        Assert.That((_storage.IsSilent, _storage.HasAnsweredSince(1000), _storage.MayDispatch(File)), Is.EqualTo((true, false, true)));
    }

    private static Attempt New(ClipSource source) =>
        new(1, new DecodeRequest(source, new AudioSpec()), 1 << 20, DecodeTimeLimits.ForCaller(new SupervisorOptions()));

    private static AttemptResult.Unsettled Unsettled(UnsettledCause cause)
    {
        var time = new TimeByCause { WaitedForBytes = TimeSpan.FromSeconds(1) };
        return new AttemptResult.Unsettled(new UnsettledClip(cause, DecodeStage.Read, "It waited.", new PostMortem { Time = time }));
    }

    private bool End(AttemptResult result, long now)
    {
        _storage.Began(File);
        return _storage.Ended(File, result, now);
    }
}

using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision.ReadingAhead;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>For how long the storage has brought nothing. Moments are seconds; it is waited for ten.</summary>
internal sealed class StorageStallDetectorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Test]
    public void Storage_that_nothing_is_read_from_is_never_stuck() => Assert.That(NewAt(0).IsStuck(At(1000)), Is.False);

    [TestCase(110, ExpectedResult = false)]
    [TestCase(111, ExpectedResult = true)]
    public bool A_read_that_brings_nothing_for_longer_than_the_patience_is_stuck(int now)
    {
        StorageStallDetector silence = NewAt(0);
        silence.Begin(NewClip(), At(100));
        return silence.IsStuck(At(now));
    }

    [Test]
    public void Whatever_comes_for_one_clip_is_news_of_the_storage()
    {
        StorageStallDetector silence = NewAt(0);
        ReadAheadClip other = NewClip();
        silence.Begin(NewClip(), At(100));
        silence.Begin(other, At(101));
        silence.Hear(other, At(109));
        Assert.That(silence.IsStuck(At(119)), Is.False);
        Assert.That(silence.IsStuck(At(120)), Is.True);
    }

    [Test]
    public void A_second_read_is_no_news_of_the_storage()
    {
        StorageStallDetector silence = NewAt(0);
        silence.Begin(NewClip(), At(100));
        silence.Begin(NewClip(), At(109));
        Assert.That(silence.IsStuck(At(111)), Is.True);
    }

    [Test]
    public void The_end_of_a_read_is_news_and_the_last_one_leaves_nothing_to_be_stuck()
    {
        StorageStallDetector silence = NewAt(0);
        silence.Begin(NewClip(), At(100));
        silence.Begin(NewClip(), At(100));
        silence.End(At(105));
        Assert.That(silence.IsStuck(At(115)), Is.False);
        Assert.That(silence.IsStuck(At(116)), Is.True);
        silence.End(At(117));
        Assert.That(silence.IsStuck(At(1000)), Is.False);
    }

    [Test]
    public void A_read_that_waits_for_room_does_not_wait_for_the_storage()
    {
        StorageStallDetector silence = NewAt(0);
        silence.Begin(NewClip(), At(100));
        silence.Pause();
        Assert.That(silence.IsStuck(At(500)), Is.False);
        silence.GoOn(At(500));
        Assert.That(silence.IsStuck(At(510)), Is.False);
        Assert.That(silence.IsStuck(At(511)), Is.True);
    }

    [Test]
    public void A_decode_waits_for_its_own_clips_bytes_once_they_are_read_and_for_any_before()
    {
        StorageStallDetector silence = NewAt(0);
        ReadAheadClip reading = NewClip();
        ReadAheadClip queued = NewClip();
        new LinkedList<ReadAheadClip>().AddLast(queued.Node);
        silence.Begin(reading, At(100));
        ReadAheadClip other = NewClip();
        silence.Begin(other, At(100));
        silence.Hear(other, At(106));

        Assert.That(silence.TimeLeft(reading, At(107)), Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(silence.TimeLeft(queued, At(107)), Is.EqualTo(TimeSpan.FromSeconds(9)));
    }

    [Test]
    public void A_clip_that_is_read_was_heard_of_when_its_reading_began()
    {
        ReadAheadClip clip = NewClip();
        NewAt(0).Begin(clip, At(100));
        Assert.That((clip.ReadBeganAt, clip.HeardAt), Is.EqualTo(((long?)At(100), At(100))));
    }

    private static long At(int seconds) => seconds * Stopwatch.Frequency;

    private static StorageStallDetector NewAt(int seconds) => new(Patience, At(seconds));

    private static ReadAheadClip NewClip() => new(new FileSource("/a.wav"), now: 0, static _ => { });
}

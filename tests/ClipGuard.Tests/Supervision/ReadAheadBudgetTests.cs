using ClipGuard.Media;
using ClipGuard.Supervision.ReadingAhead;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Encoded bytes that are held ahead of decodes, against their bound.</summary>
internal sealed class ReadAheadBudgetTests
{
    private ReadAheadMetrics _account = new();

    [SetUp]
    public void Prepare() => _account = new ReadAheadMetrics();

    [Test]
    public void The_first_clip_has_room_however_long_it_is_and_others_up_to_the_bound()
    {
        var budget = new ReadAheadBudget(100, _account);
        ReadAheadClip first = NewClip();
        Assert.That(budget.HasRoom(first, 1000), Is.True);
        budget.Reserve(first, 60);
        Assert.That(new[] { 40L, 41L }.Select(bytes => budget.HasRoom(NewClip(), bytes)), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public void A_clip_that_a_decode_waits_for_has_room_beyond_the_bound()
    {
        var budget = new ReadAheadBudget(100, _account);
        budget.Reserve(NewClip(), 100);
        ReadAheadClip wanted = NewClip();
        Assert.That(budget.HasRoom(wanted, 1), Is.False);
        wanted.IsWanted = true;
        Assert.That(budget.HasRoom(wanted, 1), Is.True);
    }

    [Test]
    public void A_clip_counts_with_what_it_was_last_said_to_have()
    {
        var budget = new ReadAheadBudget(100, _account);
        ReadAheadClip clip = NewClip();
        budget.Reserve(clip, 70);
        budget.Reserve(clip, 30);
        Assert.That((clip.Reserved, _account.Report.BytesHeld), Is.EqualTo((30L, 30L)));
    }

    [Test]
    public void What_is_given_back_makes_room_which_is_told_to_all_that_wait([Values] bool isUnused)
    {
        var budget = new ReadAheadBudget(100, _account);
        ReadAheadClip clip = NewClip();
        budget.Reserve(clip, 100);
        Task room = budget.Room;
        bool? hadRoom = null;
        budget.RoomMade += () => hadRoom = budget.HasRoom(NewClip(), 100);
        Assert.That(room.IsCompleted, Is.False);

        budget.GiveBack(clip, isUnused);

        Assert.That((room.IsCompleted, hadRoom, budget.Room.IsCompleted), Is.EqualTo((true, (bool?)true, false)));
        Assert.That((_account.Report.BytesHeld, _account.Report.UnusedBytes), Is.EqualTo((0L, isUnused ? 100L : 0L)));
    }

    [Test]
    public void What_was_given_back_once_is_not_counted_again()
    {
        var budget = new ReadAheadBudget(100, _account);
        ReadAheadClip clip = NewClip();
        budget.Reserve(clip, 10);
        budget.GiveBack(clip, isUnused: true);
        budget.GiveBack(clip, isUnused: true);
        Assert.That((_account.Report.BytesHeld, _account.Report.UnusedBytes), Is.EqualTo((0L, 10L)));
    }

    private static ReadAheadClip NewClip() => new(new FileSource("/a.wav"), now: 0, static _ => { });
}

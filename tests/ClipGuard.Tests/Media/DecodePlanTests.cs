using ClipGuard.Media.Libav.Video;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Which packets are decoded for which frames. Packets are written as their presentation times in decoding order, key frames with a k.</summary>
[CancelAfter(10_000)]
internal sealed class DecodePlanTests
{
    [TestCase("k0 1 2 3 k4 5 6 7 k8 9", new[] { 0L, 9L }, new[] { 0, 0, 8, 9 }, Description = "the middle is jumped over")]
    [TestCase("k0 1 2 3 k4 5 6 7 k8 9", new[] { 5L, 6L }, new[] { 4, 6 },
        Description = "decoding begins at the key frame before and ends with the last wanted frame")]
    [TestCase("k0 1 2 3 k4 5 6 7 k8 9", new[] { 3L, 4L }, new[] { 0, 3, 4, 4 }, Description = "a new group begins anew")]
    [TestCase("k0 3 1 2 k4 7 5 6", new[] { 2L }, new[] { 0, 3 }, Description = "reordered frames: up to the packet that holds the frame")]
    [TestCase("k0 2 1 k5 3 4 7 6", new[] { 3L }, new[] { 0, 4 }, Description = "an open group: a frame shown before its key frame needs the group before")]
    [TestCase("k0 2 1 k5 3 4 7 6", new[] { 3L, 6L }, new[] { 0, 7 }, Description = "ranges that overlap are one")]
    [TestCase("k0 1 2 3 4 5", new[] { 1L, 4L }, new[] { 0, 4 }, Description = "one key frame: no jump")]
    [TestCase("0 1 2", new[] { 2L }, new[] { 0, 2 }, Description = "no key frame at all: from the beginning")]
    [TestCase("k0 k1 k2 k3", new[] { 1L, 3L }, new[] { 1, 1, 3, 3 }, Description = "key frames only: nothing but the wanted")]
    public void Only_what_wanted_frames_need_is_decoded(string packets, long[] wanted, int[] expected)
    {
        PacketIndexEntry[] marks = [.. packets.Split(' ').Select(word => new PacketIndexEntry(long.Parse(word.TrimStart('k')), 0, word[0] == 'k' ? 1 : 0, 1))];
        int[] ranges = [.. new DecodePlan(marks).RangesFor(wanted).SelectMany(range => new[] { range.First, range.Last })];
        Assert.That(ranges, Is.EqualTo(expected));
    }
}

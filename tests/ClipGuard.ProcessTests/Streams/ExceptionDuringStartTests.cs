using System.Buffers;

using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Groups that an exception ends while processes are still being started for them: the caller hears of it, and nothing is left.</summary>
[TestFixture]
internal sealed class ExceptionDuringStartTests
{
    // What a process opens once and for good is opened before anything is counted.
    [OneTimeSetUp]
    public Task Start() =>
        StreamTestRig.RunOnceAsync(StreamTestRig.Scripted(), StreamTestRig.Run("in-step", false, StreamTestRig.Script("ok:2"), StreamTestRig.Script("ok:2")));

    [Test]
    [CancelAfter(120_000)]
    public async Task A_helper_that_is_being_started_is_not_left_behind(CancellationToken cancellation)
    {
        var leftovers = new Leftovers();
        HashSet<int> before = Leftovers.Children();
        await using (var guard = new StreamGuard(StreamTestRig.Scripted()))
        {
            // Leaves one helper and the guardian for the next run: its first stream fails at once, and its second has to wait for a helper.
            Assert.That((await guard.RunAsync(Cat("ok:2"), cancellation)).Fault, Is.Null);
            AssertThatItThrows(guard, cancellation);

            Assert.That(Leftovers.Children().Except(before), Is.Empty, "processes, when the caller was told");
            Assert.That((await guard.RunAsync(Cat("ok:2"), cancellation)).Fault, Is.Null);
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Nor_is_a_guardian(CancellationToken cancellation)
    {
        var leftovers = new Leftovers();
        await using (var guard = new StreamGuard(StreamTestRig.Scripted()))
        {
            ToolOutcome both = await guard.RunAsync(
                StreamTestRig.Run("in-step", false, StreamTestRig.Script("ok:2"), StreamTestRig.Script("ok:2")), cancellation);
            Assert.That(both.Fault, Is.Null);

            // Takes the guardian and one of the two helpers, and keeps them.
            using var other = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<ToolOutcome> running = guard.RunAsync(Cat("slow-opens:600000"), other.Token);
            AssertThatItThrows(guard, cancellation);
            await other.CancelAsync();
            Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => running);
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    private static void AssertThatItThrows(StreamGuard guard, CancellationToken cancellation)
    {
        using var memory = new UnreadableMemory();
        ToolRunSpec run = StreamTestRig.Run("in-step", false, new MemorySource(memory.Bytes), StreamTestRig.Script("ok:2"));
        InvalidOperationException error = Assert.ThrowsAsync<InvalidOperationException>(() => guard.RunAsync(run, cancellation))!;
        Assert.That(error.Message, Is.EqualTo(UnreadableMemory.Complaint));
    }

    private static ToolRunSpec Cat(string script) => new(
        new ToolCommand("cat", ["{reference}"]),
        [new ClipStream(StreamTestRig.Reference, StreamTestRig.Script(script), new VideoStreamSpec { Form = VideoStreamFraming.Raw })]);

    private sealed class UnreadableMemory : MemoryManager<byte>
    {
        public const string Complaint = "this memory cannot be read";

        public ReadOnlyMemory<byte> Bytes => CreateMemory(16);

        public override Span<byte> GetSpan() => throw new InvalidOperationException(Complaint);

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException(Complaint);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}

using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>A clip that travels in memory is copied to its helper before the decode, however long that takes, and nothing else waits for it.</summary>
[TestFixture]
internal sealed class MemoryClipCopyTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task Other_decodes_and_their_clocks_go_on_while_a_clip_is_copied(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled), cancellation: cancellation);
        using var clip = new SlowMemory("ok:3");
        Task<DecodeOutcome> slow = DecodeAsync(supervisor, clip, cancellation);
        await clip.IsRead.WaitAsync(cancellation);

        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation)).Dispose();
        using (DecodeOutcome hanging = await supervisor.DecideAsync("hang", cancellation))
        {
            Assert.That((hanging.Fault?.Kind, slow.IsCompleted), Is.EqualTo((FaultKind.Stalled, false)));
        }

        clip.LetRead();
        using DecodeOutcome outcome = await slow;
        Assert.That(outcome.Clip?.Shape, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Its_helper_s_end_meanwhile_is_not_held_against_it(CancellationToken cancellation)
    {
        var began = Stopwatch.StartNew();
        HashSet<int> before = Leftovers.Children();
        await using Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { Workers = 1, Spares = 0 }, cancellation: cancellation);
        using var clip = new SlowMemory("pid");
        Task<DecodeOutcome> slow = DecodeAsync(supervisor, clip, cancellation);
        await clip.IsRead.WaitAsync(cancellation);

        int helper = Leftovers.Children().Except(before).Single();
        Process.GetProcessById(helper).Kill();
        while (Leftovers.Children().Contains(helper))
        {
            await Task.Delay(10, cancellation);
        }

        clip.LetRead();
        using DecodeOutcome outcome = await slow;
        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        Assert.That(outcome.Elapsed, Is.LessThan(began.Elapsed));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_caller_that_gives_up_meanwhile_costs_no_helper(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { Workers = 1, Spares = 0 }, cancellation: cancellation);
        int helper = await PidAsync(supervisor, cancellation);
        using var clip = new SlowMemory("ok:1");
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<DecodeOutcome> slow = DecodeAsync(supervisor, clip, caller.Token);
        await clip.IsRead.WaitAsync(cancellation);
        await caller.CancelAsync();

        Assert.That(slow.IsCompleted, Is.False, "Its bytes are still read.");
        clip.LetRead();
        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => slow);
        Assert.That(await PidAsync(supervisor, cancellation), Is.EqualTo(helper));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_supervisor_that_is_disposed_meanwhile_leaves_nothing(CancellationToken cancellation)
    {
        var leftovers = new Leftovers();
        Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled), cancellation: cancellation);
        using var clip = new SlowMemory("ok:1");
        Task<DecodeOutcome> slow = DecodeAsync(supervisor, clip, cancellation);
        await clip.IsRead.WaitAsync(cancellation);
        await supervisor.DisposeAsync();
        clip.LetRead();

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => slow);
        Assert.That(leftovers.Find(), Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_its_memory_throws_is_thrown_to_its_caller_alone(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { Workers = 1, Spares = 0 }, cancellation: cancellation);
        var clip = new SlowMemory("ok:1");
        ReadOnlyMemory<byte> bytes = clip.Memory;
        ((IDisposable)clip).Dispose();

        Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await supervisor.DecodeAsync(new DecodeRequest(new MemorySource(bytes), new AudioSpec()), cancellation));
        Assert.That(await PidAsync(supervisor, cancellation), Is.Positive);
    }

    private static async Task<DecodeOutcome> DecodeAsync(Supervisor supervisor, SlowMemory clip, CancellationToken cancellation) =>
        await supervisor.DecodeAsync(new DecodeRequest(new MemorySource(clip.Memory), new AudioSpec()), cancellation);

    private static async Task<int> PidAsync(Supervisor supervisor, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("pid"), cancellation);
        return (int)MemoryMarshal.Read<float>(outcome.Payload);
    }

    /// <summary>Memory that is not read before it may be.</summary>
    private sealed class SlowMemory(string text) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);
        private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _mayBeRead = new();
        private bool _disposed;

        public Task IsRead => _isRead.Task;

        public override Memory<byte> Memory => CreateMemory(_bytes.Length);

        public void LetRead() => _mayBeRead.Set();

        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _isRead.TrySetResult();
            _mayBeRead.Wait();
            return _bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
            _disposed = true;
            _mayBeRead.Set();
        }
    }
}

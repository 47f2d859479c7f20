using ClipGuard.Media;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>A start that fails is told to who asked for it, whatever it fails with: on the thread that starts processes it would end the program.</summary>
internal sealed class IdleProcessPoolTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task A_start_that_throws_is_told_and_the_next_one_is_made(CancellationToken cancellation)
    {
        var spawner = HelperSpawner.For(SandboxLevel.Off);
        int starts = 0;
        using var pool = new IdleProcessPool<NoProcess>(spawner, _ => throw new InsufficientMemoryException($"no memory for start {++starts}"));
        for (int number = 1; number <= 2; number++)
        {
            var told = new TaskCompletionSource<(NoProcess?, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
            pool.Start((process, failure) => told.SetResult((process, failure)));
            Assert.That(await told.Task.WaitAsync(cancellation), Is.EqualTo(((NoProcess?)null, $"no memory for start {number}")));
        }

        Assert.That(pool.TryTake(), Is.Null);
    }

    private sealed class NoProcess : IIdleProcess
    {
        public HelperProcess Process => throw new NotSupportedException();

        public void End()
        {
        }
    }
}

using System.Runtime.CompilerServices;

using ClipGuard.Loading;
using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Manifests whose storage stops answering, as a FIFO or a dead mount does: a read of them cannot be ended, only left.</summary>
[CancelAfter(60_000)]
internal sealed class HangingManifestTests
{
    // Longer than anything takes that does not hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task A_window_that_is_not_read_holds_up_neither_cancellation_nor_disposal([Values] bool isCancelled)
    {
        var hanging = new HangingManifest();
        await using (ClipLoader loader = await ClipLoader.OpenAsync(
            hanging, LoaderRun.Options with { Shuffle = ShuffleMode.Windowed }, new ScriptedLoaderDecoder()))
        {
            using var cancellation = new CancellationTokenSource();
            IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator(cancellation.Token);
            Task<bool> first = batches.MoveNextAsync().AsTask();
            Assert.That(hanging.Hangs.Wait(Patience, CancellationToken.None), Is.True);
            Assert.That(first.IsCompleted, Is.False);
            if (isCancelled)
            {
                await cancellation.CancelAsync();
                await Assert.ThatAsync(() => first, Throws.InstanceOf<OperationCanceledException>());
            }
            else
            {
                await loader.DisposeAsync();
                await Assert.ThatAsync(() => first, Throws.InstanceOf<ObjectDisposedException>());
            }
        }

        // Once the read comes back, the manifest is closed.
        hanging.GoesOn.Set();
        Assert.That(hanging.IsClosed.Wait(Patience), Is.True);
    }

    [Test]
    public async Task A_row_that_is_not_read_holds_up_neither_cancellation_nor_disposal(
        [Values] bool isCancelled, [Values("a batch", "buckets", "its size")] string isFor)
    {
        using var hanging = new HangingRows();
        LoaderOptions options = LoaderRun.Options with
        {
            Buckets = isFor == "buckets" ? BucketOptions.ByText() : null,
            BatchBySize = isFor == "its size" ? new BatchBySizeOptions(SampleSize.ByText(), 100) : null,
        };
        await using ClipLoader loader = await ClipLoader.OpenAsync(hanging, options, new ScriptedLoaderDecoder());
        using var cancellation = new CancellationTokenSource();
        try
        {
            Task<bool> first = loader.GetAsyncEnumerator(cancellation.Token).MoveNextAsync().AsTask();
            Assert.That(hanging.Hangs.Wait(Patience, CancellationToken.None), Is.True);
            if (isCancelled)
            {
                await cancellation.CancelAsync();
                await Assert.ThatAsync(() => first.WaitAsync(Patience, CancellationToken.None), Throws.InstanceOf<OperationCanceledException>());
            }

            await loader.DisposeAsync().AsTask().WaitAsync(Patience, CancellationToken.None);
            await Assert.ThatAsync(() => first, isCancelled ? Throws.InstanceOf<OperationCanceledException>() : Throws.InstanceOf<ObjectDisposedException>());
        }
        finally
        {
            hanging.GoesOn.Set();
        }
    }

    [Test]
    public async Task A_row_that_is_not_read_by_the_deadline_of_a_decode_ends_the_loop_with_an_error_that_says_so()
    {
        using var hanging = new HangingRows();
        LoaderOptions options = LoaderRun.Options with { Supervision = new() { Workers = 2, Deadline = TimeSpan.FromMilliseconds(200) } };
        await using ClipLoader loader = await ClipLoader.OpenAsync(hanging, options, new ScriptedLoaderDecoder());

        await Assert.ThatAsync(
            () => LoaderRun.ReadAsync(loader),
            Throws.InstanceOf<ManifestException>()
                .With.Message.EqualTo("A row of the manifest hanging was not read within 0.2 s: its storage does not answer."));
    }

    [Test]
    public async Task An_index_that_is_not_made_holds_up_no_cancellation_and_is_closed_when_it_comes_after_all()
    {
        using var hanging = new HangingRows { IndexHangs = true };
        using var cancellation = new CancellationTokenSource();
        Task<ClipLoader> opening = ClipLoader.OpenAsync(hanging, LoaderRun.Options, cancellation: cancellation.Token);
        Assert.That(hanging.Hangs.Wait(Patience, CancellationToken.None), Is.True);
        await cancellation.CancelAsync();
        await Assert.ThatAsync(() => opening.WaitAsync(Patience, CancellationToken.None), Throws.InstanceOf<OperationCanceledException>());

        hanging.GoesOn.Set();
        Assert.That(hanging.IsClosed.Wait(Patience), Is.True);
    }

    /// <summary>Gives ten rows and then nothing, without coming back.</summary>
    private sealed class HangingManifest : IManifest
    {
        public string Name => "hanging";

        public ManualResetEventSlim Hangs { get; } = new();

        public ManualResetEventSlim GoesOn { get; } = new();

        public ManualResetEventSlim IsClosed { get; } = new();

        public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await Task.CompletedTask;
            try
            {
                for (int i = 1; i <= 10; i++)
                {
                    yield return new SampleRow(i, default, new Sample());
                }

                Hangs.Set();
                GoesOn.Wait(CancellationToken.None);
                cancellation.ThrowIfCancellationRequested();
            }
            finally
            {
                IsClosed.Set();
            }
        }
    }

    /// <summary>A hundred rows, of which none is read before all may go on.</summary>
    private sealed class HangingRows : IndexedRows, IIndexableManifest
    {
        public string Name => "hanging";

        public ManualResetEventSlim Hangs { get; } = new();

        public ManualResetEventSlim GoesOn { get; } = new();

        public ManualResetEventSlim IsClosed { get; } = new();

        public bool IndexHangs { get; init; }

        public override long Count => 100;

        public override string Fingerprint => "hanging";

        // Synchronous, as opening a file is.
        public Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
        {
            if (IndexHangs)
            {
                Hang();
            }

            return Task.FromResult<IndexedRows>(this);
        }

        public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) => throw new NotSupportedException();

        public override ManifestRow Read(long row)
        {
            Hang();
            return new SampleRow(row + 1, default, new Sample());
        }

        public override long FindLine(long line) => line - 1;

        protected override void Dispose(bool disposing)
        {
            IsClosed.Set();
            GoesOn.Set();
            base.Dispose(disposing);
        }

        private void Hang()
        {
            Hangs.Set();
            GoesOn.Wait(CancellationToken.None);
        }
    }
}

using System.Collections;

using ClipGuard.Loading;
using ClipGuard.Manifests;

using Microsoft.Extensions.Logging;

using TorchSharp;

namespace ClipGuard.Torch;

/// <summary>
/// A loader with the arguments of TorchSharp's <c>torch.utils.data.DataLoader</c>, for those who come from it: <c>foreach</c> over it, or
/// <c>await foreach</c>, yields what is left of the present epoch as tensors; the next one yields the next epoch. One loop at a time. A batch is disposed when
/// the loop goes on, as TorchSharp's is by default.
/// </summary>
public sealed class ClipDataLoader : IEnumerable<TorchBatch>, IAsyncEnumerable<TorchBatch>, IDisposable, IAsyncDisposable
{
    private readonly torch.Device? _device;

    private ClipDataLoader(ClipLoader loader, torch.Device? device)
    {
        Loader = loader;
        _device = device;
    }

    /// <summary>The loader behind it, with its state and its reports.</summary>
    public IClipLoader Loader { get; }

    /// <summary>Opens a loader.</summary>
    /// <param name="dataset">What to read.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="shuffle">Whether the rows are shuffled, otherwise than in the epoch before. Default false.</param>
    /// <param name="device">Where tensors go; null for the CPU.</param>
    /// <param name="seed">Of the shuffle; null for that of <paramref name="options"/>.</param>
    /// <param name="num_worker">Decodes at a time; null for what <paramref name="options"/> say.</param>
    /// <param name="drop_last">Drops a last batch that is not full. Default false.</param>
    /// <param name="options">Everything else: what clips become, and which memory; by default a <see cref="TorchBatchMemory"/>.</param>
    /// <param name="loggers">Where faults are logged; null for nowhere.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the manifest has no index and one is needed.</exception>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    /// <exception cref="Supervision.HelperUnavailableException">No helper can be started.</exception>
#pragma warning disable CA1707 // The names are TorchSharp's.
    public static async Task<ClipDataLoader> OpenAsync(
        IManifest dataset,
        int batchSize,
        bool shuffle = false,
        torch.Device? device = null,
        int? seed = null,
        int? num_worker = null,
        bool drop_last = false,
        LoaderOptions? options = null,
        ILoggerFactory? loggers = null,
        CancellationToken cancellation = default)
#pragma warning restore CA1707
    {
        LoaderOptions all = (options ?? new LoaderOptions()).WithDataLoaderArguments(batchSize, shuffle, seed, num_worker, drop_last);
        all = all.Memory is null ? all with { Memory = new TorchBatchMemory() } : all;
        return new ClipDataLoader(await ClipLoader.OpenAsync(dataset, all, loggers, cancellation: cancellation).ConfigureAwait(false), device);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<TorchBatch> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (Batch batch in Loader.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            using TorchBatch tensors = batch.ToTorch(_device);
            yield return tensors;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<TorchBatch> GetEnumerator() => this.ToBlockingEnumerable().GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Loader.DisposeAsync();

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}

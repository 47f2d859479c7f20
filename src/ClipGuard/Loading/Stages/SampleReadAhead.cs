using System.Collections.Concurrent;

using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>
/// Reads the rows of samples before there is room for them in a batch, and has the clips that they name read meanwhile. What it holds of samples that were
/// never taken is given back when it is disposed. Any number of threads.
/// </summary>
internal sealed class SampleReadAhead(LoaderOptions options, IGuardedDecoder decoder, int epoch) : IDisposable
{
    private readonly ConcurrentDictionary<PlannedSample, ReadAheadSample> _samples = new(ReferenceEqualityComparer.Instance);

    /// <summary>Batches that are looked at before they begin.</summary>
    public int Batches => options.BatchBySize is null ? Math.Max(1, decoder.ReadsAhead / options.BatchSize) : 1;

    /// <summary>Announces the clips of a batch.</summary>
    /// <exception cref="OperationCanceledException">The epoch ended.</exception>
    public Task AnnounceAsync(PlannedSample?[] samples, CancellationToken cancellation) =>
        Task.WhenAll(samples.Where(static sample => sample is not null).Select(sample => AnnounceAsync(sample!, cancellation)));

    /// <summary>What was read ahead of a sample, which the caller disposes; null where nothing was.</summary>
    public ReadAheadSample? Take(PlannedSample planned) => _samples.TryRemove(planned, out ReadAheadSample? sample) ? sample : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ReadAheadSample sample in _samples.Values)
        {
            sample.Dispose();
        }
    }

    private async Task AnnounceAsync(PlannedSample planned, CancellationToken cancellation)
    {
        ManifestRow row;
        try
        {
            row = await planned.ReadAsync(unchecked((ulong)options.Seed), epoch, substitute: 0, cancellation).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, whoever fills the sample's slot reads the row once more and meets it there.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return;
        }

        IReadOnlyList<ClipReference> clips = row is SampleRow sample ? sample.Sample.Clips : [];
        _samples[planned] = new ReadAheadSample(row, [.. clips.Select(Announce)]);
    }

    private IReadAheadClip? Announce(ClipReference clip) =>
        clip is { Refusal: null, Source: { } source } && options.SpecOf(clip.Kind) is not null ? decoder.Announce(source) : null;
}

/// <summary>A sample whose row has been read, and whose clips are on their way.</summary>
/// <param name="row">The row.</param>
/// <param name="clips">One for each of its clips; null for those that are not read ahead.</param>
internal sealed class ReadAheadSample(ManifestRow row, IReadOnlyList<IReadAheadClip?> clips) : IDisposable
{
    public ManifestRow Row => row;

    public IReadOnlyList<IReadAheadClip?> Clips => clips;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IReadAheadClip? clip in clips)
        {
            clip?.Dispose();
        }
    }
}

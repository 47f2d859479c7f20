using System.Diagnostics;
using System.Text.Json;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// A guarded loader that is read as training would, epoch after epoch, in this process. An epoch counts from where the loop begins to its end, as the
/// peer's does: the peer starts its workers in that time, while the loader's helpers run since it was opened.
/// </summary>
internal sealed class LoaderThroughput : IAsyncDisposable
{
    private const int EveryElement = 997;
    private const int UncountedEpochs = 4;

    private static int _opened;

    private readonly ClipLoader _loader;
    private readonly int _samples;

    private LoaderThroughput(ClipLoader loader, int samples) => (_loader, _samples) = (loader, samples);

    /// <summary>Opens a loader over clips, in the order given, and reads epochs that do not count: the runtime compiles in them what runs often.</summary>
    /// <param name="work">A folder for the manifest.</param>
    /// <param name="key">The manifest's key for such clips: <c>audios</c>, <c>videos</c> or <c>images</c>.</param>
    /// <param name="clips">The clips.</param>
    /// <param name="repeat">How often each stands in the manifest.</param>
    /// <param name="options">What they become.</param>
    /// <param name="uncounted">How many epochs do not count.</param>
    /// <param name="readAhead">Clips that are read at a time ahead of their decodes; null for the default.</param>
    public static async Task<LoaderThroughput> OpenAsync(
        string work, string key, string[] clips, int repeat, LoaderOptions options, int uncounted = UncountedEpochs, int? readAhead = null)
    {
        // Several loaders of one run stay open beside each other, each over a manifest of its own.
        string manifest = Path.Combine(work, $"{key}-{Interlocked.Increment(ref _opened)}.jsonl");
        uncounted = BenchmarkSmokeRun.Of(uncounted, Math.Min(uncounted, 1));
        string[] rows =
        [
            .. Enumerable.Repeat(clips, repeat)
                .SelectMany(all => all).Select(clip => JsonSerializer.Serialize(new Dictionary<string, string[]> { [key] = [clip] })),
        ];
        await File.WriteAllLinesAsync(manifest, rows);
        ClipLoader loader = await ClipLoader.OpenAsync(Manifest.Open(manifest, new ManifestOptions { RequireMessages = false }), options with
        {
            BatchSize = 8,
            Shuffle = ShuffleMode.None,
            Supervision = new SupervisorOptions
            {
                HelperPath = ClipGuardProgramPaths.Published,
                Workers = 2,
                ReadAhead = readAhead is { } reads ? new ReadAheadOptions { Reads = reads } : new ReadAheadOptions(),
            },
        });
        var throughput = new LoaderThroughput(loader, rows.Length);
        for (int epoch = 1; epoch <= uncounted; epoch++)
        {
            Console.WriteLine(
                FormattableString.Invariant(
                    $"{key}: the loader's epoch {epoch} of {uncounted} that do not count: {await throughput.ReadEpochAsync():0.0} samples/s"));
        }

        return throughput;
    }

    /// <summary>Samples a second of one epoch.</summary>
    public async Task<double> ReadEpochAsync()
    {
        long began = Stopwatch.GetTimestamp();
        long touched = 0;
        await foreach (Batch batch in _loader)
        {
            using (batch)
            {
                touched += batch.Tensors.Values.Sum(Touch);
            }
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        EpochReport report = _loader.LastEpoch!;
        return report.SampleCount == _samples && report.ClipCount == _samples && touched > 0
            ? _samples / elapsed.TotalSeconds
            : throw new InvalidOperationException($"{report.ClipCount} of {_samples} clips were read; faults: {string.Join(", ", report.Faults)}.");
    }

    public ValueTask DisposeAsync() => _loader.DisposeAsync();

    // Reads a little of everything, as the peer does.
    private static long Touch(BatchTensor tensor)
    {
        long sum = 0;
        for (int sample = 0; sample < tensor.Shape[0]; sample++)
        {
            ReadOnlySpan<byte> bytes = tensor.SampleBytes(sample);
            for (int i = 0; i < bytes.Length; i += EveryElement)
            {
                sum += bytes[i];
            }
        }

        return sum;
    }
}

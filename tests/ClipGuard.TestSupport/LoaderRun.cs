using System.Security.Cryptography;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;

namespace ClipGuard.TestSupport;

/// <summary>A manifest of scripted clips in a folder of its own, and loaders over it.</summary>
internal sealed class LoaderRun : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clipguard-loader-").FullName;

    /// <param name="rows">One path of a scripted clip for each row.</param>
    public LoaderRun(IEnumerable<string> rows)
    {
        Rows = [.. rows];
        File.WriteAllLines(
            ManifestPath, Rows.Select((path, i) => path.Length == 0 ? "no sample" : $$"""{"id":{{i}},"audio":"{{path}}","duration":{{i % 7}}}"""));
    }

    public string[] Rows { get; }

    public string ManifestPath => Path.Combine(_folder, "manifest.jsonl");

    public ScriptedLoaderDecoder Clips { get; } = new();

    public static LoaderOptions Options { get; } = new()
    {
        BatchSize = 4,
        Audio = new AudioSpec(),
        Seed = 7,
        Budget = FailureBudget.Unlimited,
        Supervision = new SupervisorOptions { Workers = 2 },
    };

    public IIndexableManifest Manifest => new JsonLinesManifest(ManifestPath, new ManifestOptions { RequireMessages = false, RootImageDirectory = null });

    /// <summary>Rows of clips with lengths between 1 and 50, every n-th of them bad.</summary>
    public static LoaderRun Of(int rows, int badEvery = 0) =>
        new(Enumerable.Range(0, rows).Select(i => badEvery > 0 && i % badEvery == badEvery - 1 ? $"/bad/{i}" : $"/ok/{i}/{1 + (i * 13 % 50)}"));

    public Task<ClipLoader> OpenAsync(LoaderOptions options, ILoggerFactory? loggers = null) =>
        ClipLoader.OpenAsync(Manifest, options, Clips, loggers);

    /// <summary>Reads an epoch, or what is left of it.</summary>
    public static async Task<List<SeenBatch>> ReadAsync(ClipLoader loader, int most = int.MaxValue)
    {
        var seen = new List<SeenBatch>();
        if (most == 0)
        {
            return seen;
        }

        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                seen.Add(SeenBatch.Of(batch));
            }

            if (seen.Count == most)
            {
                break;
            }
        }

        return seen;
    }

    public async Task<List<SeenBatch>> ReadAsync(LoaderOptions options)
    {
        await using ClipLoader loader = await OpenAsync(options);
        return await ReadAsync(loader);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>What is remembered of a batch after it was disposed.</summary>
internal sealed record SeenBatch(long Number, string Checksum, IReadOnlyList<BatchSample> Samples, IReadOnlyList<SampleFault> Faults, LoaderState State)
{
    public static SeenBatch Of(Batch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (BatchTensor tensor in batch.Tensors.Values)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{tensor.Name}{string.Join(',', tensor.Shape.ToArray())}"));
            float[] dense = new float[tensor.AsTensorSpan<float>().FlattenedLength];
            tensor.AsTensorSpan<float>().FlattenTo(dense);
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(dense.AsSpan()));
        }

        return new SeenBatch(batch.Number, Convert.ToHexString(hash.GetHashAndReset()), batch.Samples, batch.Report.Faults, batch.State);
    }

    /// <summary>Everything that must be equal where two runs are.</summary>
    public string Content =>
        $"{Checksum}: {string.Join(' ', Samples.Select(sample => $"{sample.Position}/{sample.Line}/{sample.SubstituteNumber}/{sample.IsMasked}"))}: "
        + string.Join(' ', Faults.Select(fault => $"{fault.Position}/{fault.SubstituteNumber}/{fault.Line}/{fault.Kind}"));
}

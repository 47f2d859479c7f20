using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.TestHost;

/// <summary>A training run that the tests kill and start again: it goes on from its saved state, and writes down each batch before it saves.</summary>
internal static class TrainingRunHost
{
    private const int Epochs = 2;

    /// <param name="program">The helper's program.</param>
    /// <param name="manifest">What to read.</param>
    /// <param name="folder">Where <c>batches.txt</c> and <c>loader.json</c> are.</param>
    /// <param name="workers">Decodes at the same time.</param>
    public static async Task RunAsync(string program, string manifest, string folder, int workers)
    {
        string saved = Path.Combine(folder, "loader.json");
        var options = new LoaderOptions
        {
            Audio = new AudioSpec(),
            BatchSize = 3,
            Seed = 5,
            ExcludeFailed = true,
            Budget = FailureBudget.Unlimited,
            Supervision = new SupervisorOptions { HelperPath = program, Workers = workers },
        };
        await using ClipLoader loader = await ClipLoader.OpenAsync(new JsonLinesManifest(manifest, new ManifestOptions { RequireMessages = false }), options);
        if (File.Exists(saved))
        {
            loader.Resume(await LoaderState.LoadAsync(saved));
        }

        while (loader.Epoch < Epochs)
        {
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    await File.AppendAllTextAsync(
                        Path.Combine(folder, "batches.txt"), $"{batch.State.Epoch} {batch.Number} {BatchChecksum.Of(batch).Sha256}\n");
                    Console.WriteLine("BATCH");
                    await batch.State.SaveAsync(saved);
                }
            }
        }

        Console.WriteLine("DONE");
    }
}

using ClipGuard.Loading;

using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>Loaders that go on from the states of others.</summary>
internal static class ResumedLoaderRuns
{
    /// <summary>Leaves a run after every number of batches, and asserts that another loader yields from its state exactly the rest.</summary>
    /// <returns>What one loop yields.</returns>
    public static async Task<IReadOnlyList<SeenBatch>> AssertGoOnAnywhereAsync(LoaderRun run, LoaderOptions options)
    {
        List<SeenBatch> whole = await run.ReadAsync(options with { InOrder = true });
        for (int taken = 0; taken <= whole.Count; taken++)
        {
            await using ClipLoader first = await run.OpenAsync(options);
            List<SeenBatch> before = await LoaderRun.ReadAsync(first, taken);
            var state = LoaderState.Parse((before.LastOrDefault()?.State ?? first.State).ToJson());

            await using ClipLoader second = await run.OpenAsync(options with { Supervision = new() { Workers = 5 } });
            second.Resume(state);
            List<SeenBatch> after = await LoaderRun.ReadAsync(second);

            Assert.That(
                before.Concat(after).OrderBy(batch => batch.Number).Select(batch => batch.Content),
                Is.EqualTo(whole.Select(batch => batch.Content)),
                $"after {taken}");
            Assert.That(second.Epoch, Is.EqualTo(1));
        }

        return whole;
    }

    /// <summary>Reads an epoch in several worlds one after the other, each of which goes on from the states of the one before.</summary>
    /// <param name="run">What is read.</param>
    /// <param name="worlds">The settings of each world, of rank 0. The last one reads to the end.</param>
    /// <param name="inStep">
    /// Whether all ranks consume two batches, and the next world has the state of rank 0 alone; else they consume one, two or three, and it has all states.
    /// </param>
    /// <returns>The batches of all ranks of all worlds.</returns>
    public static async Task<IReadOnlyList<SeenBatch>> ReadInTurnAsync(LoaderRun run, IReadOnlyList<LoaderOptions> worlds, bool inStep)
    {
        var batches = new List<SeenBatch>();
        List<LoaderState> states = [];
        foreach (LoaderOptions options in worlds)
        {
            List<LoaderState> next = [];
            for (int rank = 0; rank < options.RankInfo.World; rank++)
            {
                await using ClipLoader loader = await run.OpenAsync(options with { RankInfo = new RankInfo(rank, options.RankInfo.World) });
                loader.Resume(states.Count == 0 ? [loader.State] : inStep ? [states[0]] : states);
                int most = ReferenceEquals(options, worlds[^1]) ? int.MaxValue : inStep ? 2 : 1 + (rank % 3);
                List<SeenBatch> read = await LoaderRun.ReadAsync(loader, most);
                batches.AddRange(read);
                next.Add(LoaderState.Parse((read.LastOrDefault()?.State ?? loader.State).ToJson()));
            }

            states = next;
        }

        return batches;
    }

    /// <summary>The lines of what came, without masked samples.</summary>
    public static IEnumerable<long> LinesOf(IEnumerable<SeenBatch> batches) =>
        batches.SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked).Select(sample => sample.Line);
}

using ClipGuard.Loading;
using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Rows that a list of excluded ones keeps out of every epoch.</summary>
[CancelAfter(60_000)]
internal sealed class LoaderExclusionTests
{
    private static readonly long[] Lines = [1, 5, 6, 20];

    [Test]
    public async Task They_are_at_no_place_and_no_sample_stands_in_for_them([Values] ShuffleMode shuffle)
    {
        using LoaderRun run = LoaderRun.Of(20);
        LoaderOptions options = LoaderRun.Options with { Shuffle = shuffle, ShuffleWindow = 6, Excluded = await ListAsync(run, Lines) };

        List<SeenBatch> batches = await run.ReadAsync(options);

        Assert.That(LinesOf(batches).Order(), Is.EqualTo(Enumerable.Range(1, 20).Select(static line => (long)line).Except(Lines)));
        Assert.That(batches.SelectMany(static batch => batch.Samples), Has.None.Matches<BatchSample>(static sample => sample.IsMasked));
    }

    [Test]
    public async Task Ranks_have_equal_numbers_of_batches_and_together_every_row_once([Values] ShuffleMode shuffle, [Values(2, 3)] int world)
    {
        using LoaderRun run = LoaderRun.Of(31);
        ExclusionList list = await ListAsync(run, Lines);
        var ranks = new List<List<SeenBatch>>();
        for (int rank = 0; rank < world; rank++)
        {
            ranks.Add(await run.ReadAsync(
                LoaderRun.Options with { Shuffle = shuffle, ShuffleWindow = 7, BatchSize = 3, RankInfo = new RankInfo(rank, world), Excluded = list }));
        }

        Assert.That(ranks.Select(static batches => batches.Count).Distinct().Count(), Is.EqualTo(1));
        Assert.That(ranks.SelectMany(LinesOf).Order(), Is.EqualTo(Enumerable.Range(1, 31).Select(static line => (long)line).Except(Lines)));
    }

    [Test]
    public async Task A_run_goes_on_with_the_same_list_only([Values(ShuffleMode.Full, ShuffleMode.Windowed)] ShuffleMode shuffle)
    {
        using LoaderRun run = LoaderRun.Of(40);
        LoaderOptions options = LoaderRun.Options with { Shuffle = shuffle, ShuffleWindow = 6, Excluded = await ListAsync(run, Lines) };
        List<SeenBatch> whole = await run.ReadAsync(options);
        var state = LoaderState.Parse(whole[2].State.ToJson());

        await using ClipLoader same = await run.OpenAsync(options with { Excluded = await ListAsync(run, [.. Lines.AsEnumerable().Reverse()]) });
        same.Resume(state);
        Assert.That(LinesOf(await LoaderRun.ReadAsync(same)), Is.EqualTo(LinesOf(whole.Skip(3))));
        foreach (ExclusionList? other in new[] { null, await ListAsync(run, Lines[1..]) })
        {
            await using ClipLoader loader = await run.OpenAsync(options with { Excluded = other });
            Assert.That(() => loader.Resume(state), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("list of excluded rows"));
        }

        Assert.That(state.ToJson(), Has.Length.LessThan(600));
    }

    [Test]
    public async Task Rows_that_fail_are_excluded_besides()
    {
        using LoaderRun run = LoaderRun.Of(20, badEvery: 10);
        LoaderOptions options = LoaderRun.Options with
        {
            Excluded = await ListAsync(run, Lines),
            ExcludedLines = [2],
            ExcludeFailed = true,
            OnBadSample = BadSamplePolicy.Skip,
        };
        await using ClipLoader loader = await run.OpenAsync(options);

        await LoaderRun.ReadAsync(loader);
        List<SeenBatch> second = await LoaderRun.ReadAsync(loader);

        Assert.That(LinesOf(second).Order(), Is.EqualTo(Enumerable.Range(1, 20).Select(static line => (long)line).Except([.. Lines, 2, 10])));
    }

    [Test]
    public async Task Rows_that_are_not_there_are_told([Values(ShuffleMode.Full, ShuffleMode.Windowed)] ShuffleMode shuffle)
    {
        using LoaderRun run = LoaderRun.Of(10);
        var log = new RecordingLog();
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Shuffle = shuffle, Excluded = await ListAsync(run, [3, 11, 12]) }, log);

        await LoaderRun.ReadAsync(loader);

        Assert.That(log.Lines, Has.One.Contains("2 of the 3 rows that are to be left out"));
    }

    [Test]
    public async Task A_list_of_another_manifest_is_refused()
    {
        using LoaderRun run = LoaderRun.Of(10);
        string list = await WriteAsync("""{"source":"other.jsonl","line":3}""");

        Assert.That(
            async () => await run.OpenAsync(LoaderRun.Options with { Excluded = await ExclusionList.ReadAsync([list]) }),
            Throws.InstanceOf<ManifestException>().With.Message.Contains("other.jsonl"));
    }

    private static IEnumerable<long> LinesOf(IEnumerable<SeenBatch> batches) =>
        batches.SelectMany(static batch => batch.Samples).Where(static sample => !sample.IsMasked).Select(static sample => sample.Line);

    private static async Task<ExclusionList> ListAsync(LoaderRun run, long[] lines) => await ExclusionList.ReadAsync(
        [await WriteAsync([.. lines.Select(line => Named(line, line > run.Rows.Length ? "x" : run.Rows[line - 1]))])]);

    private static string Named(long line, string clip) => $$"""{"source":"manifest.jsonl","line":{{line}},"clips":[{"clip":"{{clip}}"}]}""";

    private static async Task<string> WriteAsync(params string[] lines)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllLinesAsync(path, lines);
        return path;
    }
}

using ClipGuard.Columnar;
using ClipGuard.Loading;

using FsCheck;
using FsCheck.Fluent;

using Microsoft.Extensions.Logging;

using NUnit.Framework;

using static ClipGuard.Tests.Columnar.ParquetWriting;

namespace ClipGuard.Tests.Loading;

/// <summary>The full shuffle of rows that can only be read group by group.</summary>
[CancelAfter(60_000)]
internal sealed class GroupShuffleTests
{
    private static readonly int[] RowGroupRows = [7, 1, 20, 3, 11];

    [Test]
    public void Every_row_comes_once_and_its_group_within_a_window()
    {
        Gen<(int[] Sizes, int Window, int Key)> cases =
            from sizes in Gen.Choose(0, 40).ArrayOf(8)
            from window in Gen.Choose(1, 60)
            from key in Gen.Choose(0, 1_000_000)
            select (sizes, window, key);
        Prop.ForAll(cases.ToArbitrary(), shuffle =>
        {
            long count = shuffle.Sizes.Sum();
            long[] starts = [.. shuffle.Sizes.Select((_, i) => (long)shuffle.Sizes.Take(i).Sum())];
            var order = new GroupShuffle(starts, count, shuffle.Window, (ulong)shuffle.Key);
            long[] rows = [.. Enumerable.Range(0, (int)count).Select(position => order[position])];

            // A group takes part in windows that lie side by side, and no more of them than its rows need.
            bool IsNear(int group) => rows.Index().Where(row => row.Item >= starts[group] && row.Item < starts[group] + shuffle.Sizes[group])
                .Select(row => row.Index / shuffle.Window).Distinct().Count() <= ((shuffle.Sizes[group] - 1) / shuffle.Window) + 2;
            return rows.Order().SequenceEqual(Enumerable.Range(0, (int)count).Select(i => (long)i))
                && Enumerable.Range(0, shuffle.Sizes.Length).All(group => shuffle.Sizes[group] == 0 || IsNear(group));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [TestCase(1_000, 1)]
    [TestCase(5, 1)]
    [TestCase(5, 3)]
    public async Task An_epoch_has_every_row_once_on_any_number_of_ranks_and_another_order_in_the_next(int window, int world)
    {
        using var run = new ParquetRun();
        var epochs = new List<string>();
        for (int rank = 0; rank < world; rank++)
        {
            await using ClipLoader loader = await run.OpenAsync(ParquetRun.Options(window) with { RankInfo = new RankInfo(rank, world) });
            for (int epoch = 0; epoch < 2; epoch++)
            {
                epochs.Add(string.Join(' ', (await LoaderRun.ReadAsync(loader)).SelectMany(batch => batch.Samples)
                    .Where(sample => !sample.IsMasked).Select(sample => sample.Line)));
            }
        }

        foreach (int epoch in new[] { 0, 1 })
        {
            IEnumerable<int> lines = epochs.Where((_, i) => i % 2 == epoch).SelectMany(lines => lines.Split(' ')).Select(int.Parse);
            Assert.That(lines.Order(), Is.EqualTo(Enumerable.Range(1, RowGroupRows.Sum())));
        }

        Assert.That(epochs[0], Is.Not.EqualTo(epochs[1]));
    }

    [Test]
    public async Task It_is_told_why_once_and_not_where_rows_are_not_shuffled()
    {
        using var run = new ParquetRun();
        using var log = new LogLines();

        await using ClipLoader shuffled = await run.OpenAsync(ParquetRun.Options(5), log);
        await using ClipLoader inOrder = await run.OpenAsync(ParquetRun.Options(5) with { Shuffle = ShuffleMode.None }, log);

        Assert.That(log.Lines.Single(), Does.StartWith(
            $"Warning: The full shuffle of {run.Path} goes by its 5 row groups in a shuffled order, and by windows of 5 rows within that: "
            + "a row of such a file can only be read from the start of its row group on."));
        Assert.That(
            (await LoaderRun.ReadAsync(inOrder)).SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked).Select(sample => sample.Line),
            Is.EqualTo(Enumerable.Range(1, RowGroupRows.Sum())));
    }

    [Test]
    public async Task A_substitute_comes_from_the_window_and_resuming_gives_what_was_left()
    {
        using var run = new ParquetRun(badEvery: 5);
        LoaderOptions options = ParquetRun.Options(6) with { OnBadSample = BadSamplePolicy.Substitute };
        List<SeenBatch> whole;
        await using (ClipLoader loader = await run.OpenAsync(options))
        {
            whole = await LoaderRun.ReadAsync(loader);
        }

        await using ClipLoader again = await run.OpenAsync(options);
        again.Resume(whole[3].State);
        Assert.That((await LoaderRun.ReadAsync(again)).Select(batch => batch.Content), Is.EqualTo(whole.Skip(4).Select(batch => batch.Content)));

        // Those of one window are those of its positions: nothing but substitutes and padding comes twice.
        ILookup<long, long> windows = whole.SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked)
            .ToLookup(sample => sample.Position / 6, sample => sample.Line);
        Assert.That(windows.SelectMany(window => window.Distinct()).Count(), Is.EqualTo(windows.SelectMany(window => window).Distinct().Count()),
            "no line comes in two windows");
        await using ClipLoader other = await run.OpenAsync(options with { ShuffleWindow = 7 });
        Assert.That(() => other.Resume(whole[3].State), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("shuffle window"));
    }

    private sealed class ParquetRun : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("clipguard-groups-").FullName;

        public ParquetRun(int badEvery = 0)
        {
            int row = 0;
            string NextClip() => ++row % Math.Max(badEvery, 1) == 0 && badEvery > 0 ? $"/bad/{row}" : $"/ok/{row}/4";
            string?[] Group(int rows) => [.. Enumerable.Range(0, rows).Select(_ => NextClip())];
            Write(Path, [Text("audio")], [.. RowGroupRows.Select(rows => new Array[] { Group(rows) })]);
        }

        public string Path => System.IO.Path.Combine(_folder, "m.parquet");

        public static LoaderOptions Options(int window) => LoaderRun.Options with { Shuffle = ShuffleMode.Full, ShuffleWindow = window };

        public Task<ClipLoader> OpenAsync(LoaderOptions options, ILoggerFactory? loggers = null) =>
            ClipLoader.OpenAsync(new ParquetManifest(Path), options, new ScriptedLoaderDecoder(), loggers);

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }

    private sealed class LogLines : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}

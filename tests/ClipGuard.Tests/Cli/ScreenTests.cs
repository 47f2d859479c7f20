using System.Text.Json;
using System.Text.RegularExpressions;

using ClipGuard.Cli.Screens;
using ClipGuard.DryRuns;
using ClipGuard.Runs;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

using Spectre.Console;

using static ClipGuard.Tests.Support.DryRunBench;
using static ClipGuard.Tests.Support.TestConsoles;

namespace ClipGuard.Tests.Cli;

[CancelAfter(30_000)]
public sealed class ScreenTests
{
    [TestCase("plain", "plain")]
    [TestCase("Grüße 🎬", "Grüße 🎬")]
    [TestCase("a\u001b[31mred\nline\t\u202eevil", "a\\u001b[31mred\\nline\\t\\u202eevil")]
    public void Other_peoples_text_cannot_steer_the_terminal(string text, string shown) => Assert.That(PrintableText.Line(text), Is.EqualTo(shown));

    [TestCase("0123456789", 10, "0123456789")]
    [TestCase("0123456789A", 10, "012…56789A")]
    public void Long_names_lose_their_middle(string text, int most, string shown) => Assert.That(PrintableText.Short(text, most), Is.EqualTo(shown));

    [Test]
    public async Task Brackets_in_names_are_no_markup_and_tables_are_complete()
    {
        using var bench = new DryRunBench(Row("bad[red].png"), Row("good[/].png"), "no sample");
        DryRunEndView findings = DryRunEndView.Read(await bench.RunAsync(), bench.Options.OutputFolder);

        foreach (string screen in new[] { Terminal(findings), Plain(findings) })
        {
            Assert.That(screen, Does.Contain("bad[red].png").And.Contain("Corrupt").And.Contain("BadManifestLine").And.Contain("good[/].png"));
            Assert.That(screen, Does.Contain("clean.jsonl: 1 row").And.Contain("2 faults"));
        }
    }

    [Test]
    public async Task More_faults_than_fit_are_counted_and_their_file_named()
    {
        using var bench = new DryRunBench([.. Enumerable.Range(0, 60).Select(row => Row($"bad{row}.png"))]);
        DryRunEndView findings = DryRunEndView.Read(await bench.RunAsync(), bench.Options.OutputFolder);

        Assert.That(Plain(findings), Does.Contain("bad49.png").And.Not.Contain("bad50.png").And.Contain("… and 10 more in " + bench.FaultsPath));
        Assert.That(Terminal(findings), Does.Contain("… and 10 more in "));
    }

    [Test]
    public async Task Odd_samples_are_mentioned()
    {
        // A tag more than clips: odd, and no fault.
        using var bench = new DryRunBench("""{"messages":[{"role":"user","content":"<image><image>"}],"images":["a.png"]}""");
        DryRunEndView findings = DryRunEndView.Read(await bench.RunAsync(), bench.Options.OutputFolder);

        Assert.That(Plain(findings), Does.Contain("1 sample with something odd").And.Contain("no fault"));
        Assert.That(Terminal(findings), Does.Contain("1 sample with something odd"));
    }

    [Test]
    public async Task A_cancelled_runs_last_words_are_its_counts_and_how_to_go_on_and_the_next_run_says_where_it_begins()
    {
        using var bench = new DryRunBench(Row("a.png"), Row("bad.png"), Row("stuck.png"));
        bench.Decoder.Hold("stuck.png");
        DryRunEndView findings = DryRunEndView.Read(
            await bench.RunUntilAsync(() => bench.Faults().Count == 1 && bench.Decoder.Asked.Contains("stuck.png")), bench.Options.OutputFolder);

        const string lastWords = "Cancelled: 2 samples, 1 clip ok, 1 fault so far. Run it again to go on.";
        Assert.That(Plain(findings), Does.EndWith(lastWords + "\n"));
        Assert.That(Plain(findings), Does.Contain("1 row so far, in clean.jsonl when").And.Contain("1 row so far, in excluded.jsonl when"));
        Assert.That(Plain(findings), Does.Not.Contain("put it beside the manifest"));
        Assert.That(Terminal(findings), Does.Contain(lastWords));

        DryRun second = bench.Start();
        bench.Decoder.Release("stuck.png");
        await second.RunAsync();
        var output = new StringWriter();
        new PlainScreen(output, TimeProvider.System, TimeSpan.FromSeconds(1)).GoesOn(await second.Progress.Begun);
        Assert.That(output.ToString(), Does.StartWith("Going on at row 3, "));
    }

    [TestCase(0.5, 0, "0:01:00 gone, about 0:01:00 left")]
    [TestCase(0.95, 0.9, "0:01:00 gone, about 0:01:00 left")]
    [TestCase(0.9, 0.9, "0:01:00 gone")]
    [TestCase(1.0, 0, "0:01:00 gone")]
    [TestCase(null, 0, "0:01:00 gone")]
    public void The_time_that_is_left_follows_from_the_runs_own_speed(double? fraction, double before, string said) =>
        Assert.That(Wording.GoneAndLeft(fraction, before, TimeSpan.FromMinutes(1)), Is.EqualTo(said));

    [Test]
    public async Task What_an_interrupted_run_had_done_is_no_speed_of_the_next()
    {
        using var bench = new DryRunBench(Row("a.png"), Row("b.png"), Row("c.png"), Row("stuck.png"));
        bench.Decoder.Hold("stuck.png");
        using var stop = new CancellationTokenSource();
        DryRun first = bench.Start();
        Task running = first.RunAsync(stop.Token);
        await Until(() => first.Progress.RowCount == 3 && bench.Decoder.Asked.Contains("stuck.png"));
        await stop.CancelAsync();
        await running;
        Assert.That(first.Progress.FractionBefore, Is.Zero);

        bench.Decoder.Release("stuck.png");
        DryRun second = bench.Start();
        await second.RunAsync();
        Assert.That(second.Progress.FractionBefore, Is.EqualTo(0.75).Within(0.03));
        Assert.That(second.Progress.Fraction, Is.EqualTo(1));
    }

    [Test]
    public async Task Plain_progress_is_a_line_now_and_then()
    {
        using var bench = new DryRunBench(Row("bad.png"), Row("stuck.png"));
        bench.Decoder.Hold("stuck.png");
        DryRun run = bench.Start();
        Task<DryRunSummary> running = run.RunAsync();
        var output = new StringWriter();
        Task watching = new PlainScreen(TextWriter.Synchronized(output), TimeProvider.System, TimeSpan.FromMilliseconds(50))
            .WatchAsync(new ShownDryRunProgress(run.Progress), running);
        await Until(() => output.ToString().Split('\n').Any(static line => line.StartsWith("50%, 1 sample, 1 clip,", StringComparison.Ordinal)
            && line.Contains("ok 0 · Corrupt 1", StringComparison.Ordinal)));
        bench.Decoder.Release("stuck.png");
        await watching;
    }

    [Test]
    public async Task A_comparison_is_shown_as_a_dry_run_is()
    {
        var progress = new ManifestComparisonProgress(TimeProvider.System);
        progress.Start(100);
        var first = new PairRow(1, []) { Named = new() { Source = "pairs.jsonl", Line = 1 }, Distorted = "one.mkv", EndBytes = 25 };
        progress.Begin(first);
        progress.Decided(first, new ComparisonResult(new Dictionary<string, double> { ["psnr"] = 30 }, new ToolOutcome()));
        progress.Decided(new PairRow(2, []) { Named = new() { Source = "pairs.jsonl", Line = 2 }, EndBytes = 50 }, null);
        var running = new TaskCompletionSource();
        var plain = new StringWriter();
        var terminal = new StringWriter();
        Task[] watching =
        [
            new PlainScreen(TextWriter.Synchronized(plain), TimeProvider.System, TimeSpan.FromMilliseconds(50))
                .WatchAsync(new ShownComparisonProgress(progress), running.Task),
            new TerminalScreen(
                ConsoleOver(TextWriter.Synchronized(terminal), 100),
                new ProgressAwareErrorWriter(TextWriter.Null, sharesScreen: true),
                TimeProvider.System)
                .WatchAsync(new ShownComparisonProgress(progress), running.Task),
        ];
        await Until(() => plain.ToString().Length > 0 && terminal.ToString().Contains("in line 1: one.mkv", StringComparison.Ordinal));
        running.SetResult();
        await Task.WhenAll(watching);

        Assert.That(plain.ToString(), Does.Contain("50%, 2 pairs,").And.Contain("scored 1 · BadManifestLine 1"));
        Assert.That(terminal.ToString(), Does.Contain("50%").And.Contain("2 pairs,").And.Contain("scored 1 · BadManifestLine 1"));
    }

    private static readonly (string Name, long Count)[] ManyVerdicts =
    [
        ("ok", 1_234_567), ("Missing", 12_345), ("Unsupported", 2_345), ("Corrupt", 13_579), ("LimitExceeded", 246), ("TimedOut", 135), ("Stalled", 97),
        ("Crashed", 3), ("ProtocolViolated", 1), ("BadManifestLine", 24_680), ("unsettled", 11),
    ];

    [Test]
    public async Task On_eighty_columns_every_count_is_whole()
    {
        var output = new StringWriter();
        await WatchAsync(ConsoleOver(TextWriter.Synchronized(output), 80), () => output.ToString().Contains("unsettled 11", StringComparison.Ordinal));

        string screen = output.ToString();
        IEnumerable<string> counts = ManyVerdicts.Select(static one => $"{one.Name} {Wording.Number(one.Count)}");
        Assert.That(counts.Where(count => !screen.Contains(count, StringComparison.Ordinal)), Is.Empty);
        Assert.That(screen, Does.Contain("1,288,999 clips, 123.4 clips a second,").And.Not.Contain("…"));
        Assert.That(Drawn(screen).Split('\n').Max(static line => line.Length), Is.LessThanOrEqualTo(79));
    }

    [Test]
    public async Task However_wide_the_terminal_is_what_is_drawn_fits_one_that_is_made_narrower()
    {
        var output = new StringWriter();
        await WatchAsync(ConsoleOver(TextWriter.Synchronized(output), 200), () => output.ToString().Contains("unsettled 11", StringComparison.Ordinal));

        Assert.That(Drawn(output.ToString()).Split('\n').Max(static line => line.Length), Is.LessThanOrEqualTo(79));
    }

    [TestCase("a 1, b 2, c 3", ", ", 10, "a 1, b 2,|c 3")]
    [TestCase("ok 1 · Corrupt 2 · Stalled 3", " · ", 16, "ok 1 · Corrupt 2|Stalled 3")]
    [TestCase("one", ", ", 10, "one")]
    [TestCase("0123456789A, b", ", ", 10, "012…56789A|b")]
    public void Pieces_of_a_line_stay_whole(string text, string separator, int width, string lines) =>
        Assert.That(string.Join('|', WrappedText.Lines(text, separator, width)), Is.EqualTo(lines));

    [Test]
    public async Task The_last_screenful_has_the_verdicts_and_what_to_do_next()
    {
        using var bench = new DryRunBench([.. Enumerable.Range(0, 60).Select(row => Row($"bad{row}.png"))]);
        DryRunEndView findings = DryRunEndView.Read(await bench.RunAsync(), bench.Options.OutputFolder);
        var output = new StringWriter();
        new TerminalScreen(ConsoleOver(output, 80), new ProgressAwareErrorWriter(TextWriter.Null, sharesScreen: true), TimeProvider.System).End(findings);

        string last = string.Join('\n', Drawn(output.ToString()).TrimEnd('\n').Split('\n').TakeLast(23));
        Assert.That(last, Does.Contain("60 faults").And.Match("ok +0").And.Match("Corrupt +60").And.Contain("clipguard report"));
        Assert.That(Regex.Replace(last, @"\s", string.Empty), Does.Contain("summary.json"));
    }

    [Test]
    public async Task Lines_of_json_say_how_far_it_is_and_what_was_found()
    {
        using var bench = new DryRunBench(Row("bad.png"), Row("stuck.png"));
        bench.Decoder.Hold("stuck.png");
        DryRun run = bench.Start();
        Task<DryRunSummary> running = run.RunAsync();
        var output = new StringWriter();
        var screen = new JsonScreen(TextWriter.Synchronized(output), TimeProvider.System, TimeSpan.FromMilliseconds(50));
        screen.Begin("clipguard", "m.jsonl");
        screen.Reads("text under messages");
        Task watching = screen.WatchAsync(new ShownDryRunProgress(run.Progress), running);
        await Until(() => output.ToString().Contains("\"stuck.png\"", StringComparison.Ordinal));
        bench.Decoder.Release("stuck.png");
        await watching;
        screen.End(DryRunEndView.Read(await running, bench.Options.OutputFolder));

        JsonElement[] lines = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line))];
        Assert.That(
            lines.Select(static line => line.GetProperty("event").GetString()).Distinct(), Is.EqualTo(new[] { "begin", "firstRow", "progress", "end" }));
        JsonElement progress = lines.Last(static line => line.GetProperty("event").GetString() == "progress");
        Assert.That(progress.GetProperty("counts").GetProperty("Corrupt").GetInt32(), Is.EqualTo(1));
        Assert.That((lines[^1].GetProperty("ok").GetInt32(), lines[^1].GetProperty("faults").GetProperty("Corrupt").GetInt32()), Is.EqualTo((1, 1)));
        Assert.That(lines[^1].GetProperty("faultsPath").GetString(), Is.EqualTo(bench.FaultsPath));
    }

    [Test]
    public async Task A_manifest_that_ends_in_bad_lines_comes_to_its_end()
    {
        using var bench = new DryRunBench(Row("a.png"), "no json at all, and rather a long line of it", "nor here");
        DryRun run = bench.Start();
        await run.RunAsync();

        Assert.That(run.Progress.Fraction, Is.EqualTo(1));
    }

    [Test]
    public void A_screen_that_fails_ends_the_showing_and_not_the_run()
    {
        var run = new TaskCompletionSource();
        Task shown = new FailingScreen().ShowAsync(new ShownComparisonProgress(new ManifestComparisonProgress(TimeProvider.System)), run.Task);
        Assert.That(shown.IsCompleted, Is.False);

        run.SetException(new InvalidTimeZoneException("the run's"));
        Assert.That(async () => await shown, Throws.InstanceOf<InvalidTimeZoneException>());
    }

    private sealed class FailingScreen : IProgressScreen
    {
        public async Task WatchAsync(IShownProgress progress, Task run)
        {
            await Task.Yield();
            throw new IOException("Input/output error");
        }
    }

    // Draws until a condition holds; the test's own time limit ends a wait in vain.
    private static async Task WatchAsync(IAnsiConsole console, Func<bool> isSeen)
    {
        var running = new TaskCompletionSource();
        Task watching = new TerminalScreen(console, new ProgressAwareErrorWriter(TextWriter.Null, sharesScreen: true), TimeProvider.System)
            .WatchAsync(new FarAlong(), running.Task);
        await Until(isSeen);
        running.SetResult();
        await watching;
    }

    // Without what moves the cursor, which begins a line anew.
    private static string Drawn(string output) => Regex.Replace(output, "\u001b\\[[0-9;?]*[A-Za-z]", string.Empty).Replace('\r', '\n');

    private sealed class FarAlong : IShownProgress
    {
        public double? Fraction => 0.75;

        public string Verdicts => Wording.Verdicts(Counts);

        public IReadOnlyDictionary<string, long> Counts => ManyVerdicts.ToDictionary(static one => one.Name, static one => one.Count);

        public RunningClip? Longest => null;

        public string Done(TimeSpan elapsed) => "1,234,567 samples, 1,288,999 clips, 123.4 clips a second, 2:53:20 gone, about 0:58:00 left";
    }

    private static string Plain(DryRunEndView findings)
    {
        var output = new StringWriter();
        new PlainScreen(output, TimeProvider.System, TimeSpan.FromSeconds(1)).End(findings);
        return output.ToString();
    }

    private static string Terminal(DryRunEndView findings)
    {
        var output = new StringWriter();
        new TerminalScreen(ConsoleOver(output, 140), new ProgressAwareErrorWriter(TextWriter.Null, sharesScreen: true), TimeProvider.System).End(findings);
        return output.ToString();
    }
}

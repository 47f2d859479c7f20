using ClipGuard.Cli.Screens;
using ClipGuard.DryRuns;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;
using static ClipGuard.Tests.Support.TestConsoles;

namespace ClipGuard.Tests.Cli;

/// <summary>Lines of the log that come while progress is drawn on the same terminal.</summary>
[CancelAfter(30_000)]
public sealed class ProgressAwareErrorWriterTests
{
    [Test]
    public async Task A_line_of_the_log_erases_the_progress_that_it_is_put_over()
    {
        using var bench = new DryRunBench(Row("stuck.png"));
        bench.Decoder.Hold("stuck.png");
        DryRun run = bench.Start();
        Task<DryRunSummary> running = run.RunAsync();
        var output = new StringWriter();
        var log = new ProgressAwareErrorWriter(TextWriter.Null, sharesScreen: true);
        Task watching = new TerminalScreen(ConsoleOver(output, 80), log, TimeProvider.System).WatchAsync(new ShownDryRunProgress(run.Progress), running);
        await Until(() => run.Progress.Running().Count == 1);
        log.WriteLine("careful \u001b[2J");
        bench.Decoder.Release("stuck.png");
        await watching;

        Assert.That(output.ToString(), Does.Contain("\u001b[0J").And.Contain("careful \\u001b[2J"));
    }

    // Twenty thousand lines are drawn over, which takes a machine with other work long; what hangs never ends.
    [Test]
    [CancelAfter(180_000)]
    public async Task Lines_that_come_while_progress_is_drawn_hold_up_nothing()
    {
        const int lines = 20_000;
        var progress = new ManifestComparisonProgress(TimeProvider.System);
        progress.Start(100);
        var output = new StringWriter();
        var log = new ProgressAwareErrorWriter(TextWriter.Null, sharesScreen: true);
        var terminal = new TerminalScreen(ConsoleOver(TextWriter.Synchronized(output), 80), log, new HastyTime());
        var logging = new Task(() =>
        {
            for (int line = 0; line < lines; line++)
            {
                log.WriteLine($"line {line}");
            }
        });

        Task watching = Task.Run(() => terminal.WatchAsync(new ShownComparisonProgress(progress), logging));

        // What is logged before the screen draws is not held for it.
        await Until(() => output.ToString().Length > 0);
        logging.Start();
        await Task.WhenAll(watching, logging).WaitAsync(TestContext.CurrentContext.CancellationToken);

        Assert.That(output.ToString(), Does.Contain("line 0").And.Contain($"line {lines - 1}"));
    }

    [Test]
    public async Task Texts_of_several_threads_do_not_mix()
    {
        var output = new StringWriter();
        var log = new ProgressAwareErrorWriter(output, sharesScreen: false);
        string[] texts = [.. Enumerable.Range(0, 4).Select(thread => new string((char)('a' + thread), 100))];
        using var together = new Barrier(texts.Length);
        await Task.WhenAll(texts.Select(text => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                for (int line = 0; line < 5_000; line++)
                {
                    log.WriteLine(text);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(), Is.EquivalentTo(texts));
    }

    [Test]
    public void Log_lines_that_were_held_back_are_shown_on_release()
    {
        var output = new StringWriter();
        var log = new ProgressAwareErrorWriter(output, sharesScreen: false);
        log.Hold();
        log.WriteLine("early");
        Assert.That(output.ToString(), Is.Empty);

        log.Release();
        log.WriteLine("late");
        Assert.That(output.ToString(), Is.EqualTo("early\nlate\n"));
    }

    /// <summary>Timers go off as often as they can.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
    }
}

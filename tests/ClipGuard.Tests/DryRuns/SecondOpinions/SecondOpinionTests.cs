using ClipGuard.DryRuns;
using ClipGuard.DryRuns.Merging;
using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns.SecondOpinions;

/// <summary>Dry runs that have every clip decoded by a second decoder.</summary>
[CancelAfter(60_000)]
internal sealed class SecondOpinionTests
{
    private static readonly Dictionary<string, object?> First = new()
    {
        ["same.wav"] = new[] { 0f, 0.5f, 1f },
        ["near.wav"] = new[] { 0f, 0.5f, 1f },
        ["far.wav"] = new[] { 0f, 0.5f, 1f },
        ["long.wav"] = new[] { 0f, 0.5f, 1f },
        ["onlyfirst.mp3"] = FaultKind.Corrupt,
        ["onlysecond.mp3"] = new[] { 0f },
        ["both.mp3"] = FaultKind.Corrupt,
        ["busy.flac"] = new[] { 0f },
        ["odd.flac"] = null,
        ["film.MP4"] = new byte[] { 0, 0, 0, 0, 10, 10, 10, 10 },
    };

    private static readonly Dictionary<string, object?> Second = new(First)
    {
        ["near.wav"] = new[] { 0.01f, 0.51f, 1.01f },
        ["far.wav"] = new[] { 0.2f, 0.7f, 1.2f },
        ["long.wav"] = new[] { 0f, 0.5f, 1f, 1f },
        ["onlyfirst.mp3"] = new[] { 0f },
        ["onlysecond.mp3"] = FaultKind.Unsupported,
        ["both.mp3"] = FaultKind.Unsupported,
        ["busy.flac"] = null,
        ["film.MP4"] = new byte[] { 0, 0, 0, 0, 112, 112, 112, 112 },
    };

    private static readonly string[] Rows =
    [
        Audio("same.wav"), Audio("near.wav"), Audio("far.wav", "same.wav"), "no sample", Audio("long.wav"), Audio("onlyfirst.mp3"), Audio("onlysecond.mp3"),
        Audio("both.mp3", "far.wav"), Audio("busy.flac"),
        """{"messages":[{"role":"user","content":"<video>"}],"videos":["film.MP4"]}""",
    ];

    [Test]
    public async Task Both_decode_every_clip_and_what_they_disagree_on_is_told()
    {
        using var bench = new DryRunBench(Rows);
        var second = new ValueDecoder("Second 2", Second);

        DryRunSummary summary = await Run(bench, second).RunAsync();

        Assert.That(second.Asked, Is.EquivalentTo(First.Keys.Where(static name => name != "odd.flac")), "each once");
        Assert.That((summary.ClipCount, summary.OkCount, summary.RepeatedCount), Is.EqualTo((11L, 9L, 2L)), "the verdicts are the first's");
        Assert.That(bench.Faults().Select(static fault => fault.Line), Is.EqualTo([4L, 6L, 8L]));
        Assert.That(
            Disagreements(bench).Select(static one => (one.Line, one.Index, one.Clip, one.Format, one.About)),
            Is.EqualTo(
            [
                (3L, 0, "far.wav", "wav", DisagreementSubject.Values), (5L, 0, "long.wav", "wav", DisagreementSubject.Shape),
                (6L, 0, "onlyfirst.mp3", "mp3", DisagreementSubject.Verdict), (7L, 0, "onlysecond.mp3", "mp3", DisagreementSubject.Verdict),
                (10L, 0, "film.MP4", "mp4", DisagreementSubject.Values),
            ]));
        Assert.That(
            summary.Agreement!.Formats,
            Is.EqualTo(
            [
                new FormatAgreement("flac") { NotComparedCount = 1 },
                new FormatAgreement("mp3") { ComparedCount = 3, DecoderFaultCount = 1, AlsoFaultCount = 1 },
                new FormatAgreement("mp4") { ComparedCount = 1, ValueDifferenceCount = 1 },
                new FormatAgreement("wav") { ComparedCount = 4, ShapeDifferenceCount = 1, ValueDifferenceCount = 1 },
            ]));
        Assert.That((summary.Agreement.Also, summary.Agreement.ComparedCount, summary.Agreement.DisagreementCount), Is.EqualTo(("Second 2", 8L, 5L)));
    }

    [Test]
    public async Task A_record_has_what_each_came_to_and_how_far_they_are_apart()
    {
        using var bench = new DryRunBench(Rows);
        await Run(bench).RunAsync();

        IReadOnlyList<Disagreement> found = Disagreements(bench);
        Disagreement values = found[0], shape = found[1], first = found[2], second = found[3], film = found[4];
        Assert.That((values.Difference, values.AtSeconds), Is.EqualTo((0.2, 0.0)));
        Assert.That((shape.Difference, shape.Decoder.Shape![1], shape.Also.Shape![1], shape.Also.SampleRateHz), Is.EqualTo((0.0, 3, 4, 1000)));
        Assert.That((first.Decoder.Fault, first.Also.Fault, first.Decoder.Log), Is.EqualTo(("Corrupt", (string?)null, new[] { "oh no" })));
        Assert.That(first.Message, Is.EqualTo("The second decodes it, and for the first it is Corrupt: First 1 does not like it."));
        Assert.That((second.Decoder.Fault, second.Also.Fault, second.Also.Stage), Is.EqualTo(((string?)null, "Unsupported", DecodeStage.Decode)));
        Assert.That((film.Difference, film.AtFrame), Is.EqualTo((0.4, 1)), "102 of 255 in the second picture");
    }

    [Test]
    public async Task A_second_decoder_is_asked_for_the_kinds_that_it_decodes()
    {
        using var bench = new DryRunBench(Rows);
        var second = new ValueDecoder("Second 2", Second) { Kinds = ["video"] };

        DryRunSummary summary = await Run(bench, second).RunAsync();

        Assert.That(second.Asked, Is.EqualTo(["film.MP4"]));
        Assert.That(summary.Agreement!.ComparedCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Another_sample_rate_is_another_shape()
    {
        using var bench = new DryRunBench(Audio("same.wav"));
        await Run(bench, new ValueDecoder("Second 2", Second) { RateHz = 999 }).RunAsync();

        Disagreement found = Disagreements(bench).Single();
        Assert.That((found.About, found.Difference), Is.EqualTo((DisagreementSubject.Shape, (double?)null)));
    }

    [Test]
    public async Task A_run_that_was_killed_goes_on_with_what_was_compared()
    {
        using var whole = new DryRunBench(Rows);
        DryRunSummary expected = await Run(whole).RunAsync();
        using var bench = new DryRunBench(Rows);
        using var stop = new CancellationTokenSource();

        // The second decoder of the run that is stopped waits with the fifth row; those behind it go on.
        var holding = new HangingSecondDecoder(new ValueDecoder("Second 2", Second), "long.wav");
        await bench.RunUntilKilledAsync(Run(bench, holding), () => holding.IsHolding && File.ReadAllText(bench.JournalPath).Contains("film.MP4"));
        var again = new ValueDecoder("Second 2", Second);
        DryRunSummary summary = await Run(bench, again).RunAsync();

        Assert.That(again.Asked, Does.Not.Contain("film.MP4").And.Contain("long.wav"));
        Assert.That(summary.Agreement!.Formats, Is.EqualTo(expected.Agreement!.Formats));
        Assert.That(Told(bench), Is.EqualTo(Told(whole)));
    }

    [Test]
    public async Task A_run_that_tries_unsettled_clips_keeps_what_was_compared_before()
    {
        using var bench = new DryRunBench([.. Rows, Audio("odd.flac")]);
        DryRunSummary before = await Run(bench).RunAsync();
        Assert.That((before.UnsettledCount, before.Agreement!.ComparedCount), Is.EqualTo((1L, 8L)));
        IReadOnlyList<object> told = Told(bench);

        var first = new ValueDecoder("First 1", First) { NeverSettles = false };
        var second = new ValueDecoder("Second 2", new(Second) { ["odd.flac"] = new float[5] });
        DryRunSummary after = await Run(bench, second, first).RunAsync();

        Assert.That(second.Asked, Is.EqualTo(["odd.flac"]));
        Assert.That((after.UnsettledCount, after.Agreement!.ComparedCount, after.Agreement.DisagreementCount), Is.EqualTo((0L, 9L, 6L)));
        Assert.That(Told(bench).SkipLast(1), Is.EqualTo(told));
        Assert.That(Disagreements(bench)[^1].Clip, Is.EqualTo("odd.flac"));
        Assert.That(Directory.GetFiles(bench.Options.OutputFolder, "*.before"), Is.Empty);
    }

    [Test]
    public async Task Another_second_decoder_is_another_run()
    {
        using var bench = new DryRunBench([.. Rows, Audio("odd.flac")]);
        var holding = new HangingSecondDecoder(new ValueDecoder("Second 2", Second), "long.wav");
        await bench.RunUntilKilledAsync(Run(bench, holding), () => holding.IsHolding);

        Assert.That(
            () => Run(bench, new ValueDecoder("Second 3", Second)).RunAsync(),
            Throws.TypeOf<OutputException>().With.Message.Contains("also was \"Second 2\" and is \"Second 3\""));
    }

    [Test]
    public async Task Merged_shards_are_what_one_run_would_have_written()
    {
        using var whole = new DryRunBench(Rows);
        DryRunSummary expected = await Run(whole).RunAsync();
        using var split = new DryRunBench(Rows);
        string folder = split.Options.OutputFolder;
        foreach (int index in Enumerable.Range(0, 3))
        {
            var number = new ShardNumber(index, 3);
            split.Options = split.Options with { OutputFolder = Path.Combine(folder, number.FolderName) };
            using ManifestShard shard = await ManifestShard.OpenAsync(Manifest.Open(split.ManifestPath, split.Options.Manifest), number);
            await new DryRun(shard, new ValueDecoder("First 1", First), split.Options, also: new ValueDecoder("Second 2", Second)).RunAsync();
        }

        DryRunSummary merged = await DryRunMerge.MergeAsync(folder);

        // "far.wav" is named in two shards, and compared in both.
        FormatAgreement wav = expected.Agreement!.Formats[3] with { ComparedCount = 5, ValueDifferenceCount = 2 };
        Assert.That(merged.Agreement!.Formats, Is.EqualTo([.. expected.Agreement.Formats.Take(3), wav]));
        Assert.That(
            DryRunFiles.ReadDisagreements(DryRunFiles.Disagreements(folder)).Select(static one => (one.Line, one.Clip)),
            Is.EqualTo(
            [
                (3L, "far.wav"), (5L, "long.wav"), (6L, "onlyfirst.mp3"), (7L, "onlysecond.mp3"), (8L, "far.wav"), (10L, "film.MP4"),
            ]));
    }

    [Test]
    public async Task A_verdict_store_is_filled_and_not_taken_from()
    {
        using var bench = new DryRunBench(Audio("same.wav"), Audio("onlysecond.mp3"));
        foreach (string name in new[] { "same.wav", "onlysecond.mp3" })
        {
            string path = Path.Combine(bench.Folder, name);
            await File.WriteAllTextAsync(path, name);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
        }

        bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = Path.Combine(bench.Folder, "verdicts") } };
        for (int run = 0; run < 2; run++)
        {
            var second = new ValueDecoder("Second 2", Second);
            DryRunSummary compared = await Run(bench, second).RunAsync();
            Assert.That((compared.FromStoreCount, compared.Agreement!.AlsoFaults(), second.Asked.Count), Is.EqualTo((0L, 1L, 2)), $"run {run}");
        }

        var first = new ValueDecoder("First 1", First);
        DryRunSummary alone = await new DryRun(Open(bench), first, bench.Options).RunAsync();

        Assert.That((alone.FromStoreCount, alone.OkCount, first.Asked.Count), Is.EqualTo((2L, 2L, 0)), "what is bad for the second alone stands nowhere");
        Assert.That((alone.Agreement, File.Exists(DryRunFiles.Disagreements(bench.Options.OutputFolder))), Is.EqualTo(((Agreement?)null, false)));
    }

    private static string Audio(params string[] clips) =>
        $$"""{"messages":[{"role":"user","content":"{{string.Concat(clips.Select(static _ => "<audio>"))}}"}],"audios":["{{string.Join("\",\"", clips)}}"]}""";

    private static JsonLinesManifest Open(DryRunBench bench) => new(bench.ManifestPath, bench.Options.Manifest);

    private static DryRun Run(DryRunBench bench, IGuardedDecoder? second = null, ValueDecoder? first = null) =>
        new(Open(bench), first ?? new ValueDecoder("First 1", First), bench.Options, also: second ?? new ValueDecoder("Second 2", Second));

    private static IReadOnlyList<Disagreement> Disagreements(DryRunBench bench) =>
        [.. DryRunFiles.ReadDisagreements(DryRunFiles.Disagreements(bench.Options.OutputFolder))];

    private static IReadOnlyList<object> Told(DryRunBench bench) => [.. Disagreements(bench).Select(static one => (object)(one.Line, one.Clip, one.Message))];
}

file static class AgreementCounts
{
    public static long AlsoFaults(this Agreement agreement) => agreement.Formats.Sum(static format => format.AlsoFaultCount);
}

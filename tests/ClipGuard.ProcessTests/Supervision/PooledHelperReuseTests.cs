using System.Runtime.InteropServices;

using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>When a pooled helper stays in use after it has found a fault, how that is watched, and when it ends.</summary>
[TestFixture]
internal sealed class PooledHelperReuseTests
{
    private static readonly SupervisorOptions OneHelper =
        MisbehavingHelperProgram.Options(IsolationMode.Pooled, "knows-clips") with { Workers = 1, Spares = 0, HelperMemoryBytes = 400 << 20 };

    [TestCase("finds:Corrupt:sound")]
    [TestCase("finds:Unsupported:sound")]
    [TestCase("finds:Missing:sound")]
    [TestCase("finds:Corrupt:filled")]
    [CancelAfter(60_000)]
    public async Task A_helper_that_makes_the_right_bytes_of_a_known_clip_stays(string script, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper, cancellation: cancellation);
        int before = await PidAsync(supervisor, cancellation);
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation);

        Assert.That(outcome.Fault!.Kind.ToString(), Is.EqualTo(script.Split(':')[1]));
        Assert.That(await PidAsync(supervisor, cancellation), Is.EqualTo(before));
        Assert.That(supervisor.Reuse, Is.EqualTo(new ReuseAfterFaultReport { KeptCount = 1 }));
    }

    [TestCase("wrong", 1)]
    [TestCase("says-nothing", 2)]
    [TestCase("short", 1)]
    [TestCase("refuses", 1)]
    [TestCase("keeps", 1)]
    [TestCase("hangs", 0)]
    [TestCase("hangs-up", 0)]
    [TestCase("aborts", 0)]
    [TestCase("throws", 0)]
    [TestCase("is-ready", 0)]
    [TestCase("nonsense", 0)]
    [TestCase("early-says-the-helper", 0)]
    [CancelAfter(60_000)]
    public async Task One_that_does_not_is_not_used_again_and_its_clip_has_its_verdict(string known, int notKept, CancellationToken cancellation)
    {
        SupervisorOptions options = OneHelper with { CheckGrace = TimeSpan.FromSeconds(0.5), ReuseGrowthBytes = 40 << 20 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        int before = await PidAsync(supervisor, cancellation);
        if (known == "says-nothing")
        {
            // The right answer lies in the memory from the time before. The second finding is the first to be confirmed, so that two helpers say nothing.
            (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("finds:Corrupt:sound"), cancellation)).Dispose();
        }

        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script($"finds:Corrupt:{known}"), cancellation);
        int after = await PidAsync(supervisor, cancellation);

        Assert.That(outcome.Fault!.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(after, Is.Not.EqualTo(before));
        Assert.That(supervisor.Reuse.NotKeptCount, Is.EqualTo(notKept));
    }

    [TestCase("well")]
    [TestCase("knows-clips")]
    [CancelAfter(60_000)]
    public async Task What_was_found_before_decoding_costs_no_helper_and_no_check(string start, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper with { HelperArguments = [start] }, cancellation: cancellation);
        int before = await PidAsync(supervisor, cancellation);
        for (int i = 0; i < 5; i++)
        {
            // Asked for a known clip it would answer nonsense.
            using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("finds:Missing:early"), cancellation);
            Assert.That(outcome.Fault!.Kind, Is.EqualTo(FaultKind.Missing));
        }

        Assert.That(await PidAsync(supervisor, cancellation), Is.EqualTo(before));
        Assert.That(supervisor.Reuse, Is.EqualTo(new ReuseAfterFaultReport { KeptCount = 5 }), "nothing to confirm");
    }

    [TestCase("finds:LimitExceeded:sound")]
    [TestCase("finds:LimitExceeded:early")]
    [TestCase("fault:Missing:Failed")]
    [CancelAfter(60_000)]
    public async Task After_a_limit_or_an_error_of_the_storage_no_helper_stays(string script, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper, cancellation: cancellation);
        int before = await PidAsync(supervisor, cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation)).Dispose();

        Assert.That(await PidAsync(supervisor, cancellation), Is.Not.EqualTo(before));
    }

    [TestCase(IsolationMode.Pooled, 0, "finds:Corrupt:sound")]
    [TestCase(IsolationMode.Pooled, 0, "finds:Missing:early")]
    [TestCase(IsolationMode.FreshPerDecode, 100, "finds:Corrupt:sound")]
    [TestCase(IsolationMode.FreshPerDecode, 100, "finds:Missing:early")]
    [CancelAfter(60_000)]
    public async Task It_can_be_had_without(IsolationMode isolation, int confirmOneIn, string script, CancellationToken cancellation)
    {
        SupervisorOptions options = OneHelper with { Isolation = isolation, ConfirmOneIn = confirmOneIn };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        int before = await PidAsync(supervisor, cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation)).Dispose();

        Assert.That(await PidAsync(supervisor, cancellation), Is.Not.EqualTo(before));
        Assert.That(supervisor.Reuse, Is.EqualTo(new ReuseAfterFaultReport()));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_has_done_its_count_is_not_even_checked(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper with { RecycleAfter = 2 }, cancellation: cancellation);
        int before = await PidAsync(supervisor, cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("finds:Corrupt:sound"), cancellation)).Dispose();

        Assert.That(await PidAsync(supervisor, cancellation), Is.Not.EqualTo(before));
        Assert.That(supervisor.Reuse.KeptCount, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task One_in_so_many_findings_of_such_helpers_is_confirmed_by_a_fresh_one(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper with { ConfirmOneIn = 3, Spares = 1 }, cancellation: cancellation);
        var confirmed = new List<long>();
        for (int i = 0; i < 9; i++)
        {
            using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("finds:Corrupt:sound"), cancellation);
            Assert.That(outcome.Fault!.PostMortem.AttemptCount, Is.EqualTo(1));
            confirmed.Add(supervisor.Reuse.ConfirmedCount);
        }

        // The first was found by a clean helper. Of those after it, whoever the helper is, one in three is confirmed.
        Assert.That(confirmed[0], Is.Zero);
        Assert.That(confirmed[^1], Is.InRange(2, 3));
        Assert.That(supervisor.Reuse.Disagreement, Is.Null);
        Assert.That(supervisor.Reuse.UnconfirmedCount, Is.LessThan(3));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Where_a_fresh_helper_disagrees_it_counts_and_no_helper_stays_after_a_fault_any_more(CancellationToken cancellation)
    {
        using var log = new RecordingLog();
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper, log, cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("finds:Corrupt:sound"), cancellation)).Dispose();
        Assert.That(supervisor.Reuse.Disagreement, Is.Null);

        using (DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("finds-once-used"), cancellation))
        {
            Assert.That(outcome.IsClip, "what the fresh helper says");
        }

        ReuseAfterFaultReport reuse = supervisor.Reuse;
        Assert.That(reuse.Disagreement, Does.Contain("finds-once-used").And.Contain("Corrupt").And.Contain("no fault"));
        int before = await PidAsync(supervisor, cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("finds:Corrupt:sound"), cancellation)).Dispose();
        Assert.That(await PidAsync(supervisor, cancellation), Is.Not.EqualTo(before));
        Assert.That(supervisor.Reuse.KeptCount, Is.EqualTo(reuse.KeptCount));
        while (!log.Lines.Any(line => line.StartsWith("Helpers are not to be trusted after a fault", StringComparison.Ordinal)))
        {
            await Task.Delay(10, cancellation);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_dry_runs_summary_tells_of_a_disagreement(CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("reuse-").FullName;
        string manifest = Path.Combine(folder, "manifest.jsonl");
        const string Messages = """[{"role":"user","content":"<audio>?"},{"role":"assistant","content":"!"}]""";
        string[] scripts = ["finds:Corrupt:sound", "finds-once-used", "ok:1"];
        await File.WriteAllLinesAsync(
            manifest,
            scripts.Select(script => $$"""{"messages":{{Messages}},"audios":["/scripts/{{script}}"]}"""),
            cancellation);
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper, cancellation: cancellation);
        var options = new DryRunOptions { OutputFolder = Path.Combine(folder, "out"), KeepGoing = true, Guard = OneHelper };
        DryRunSummary summary = await new DryRun(Manifest.Open(manifest), supervisor, options).RunAsync(cancellation);

        Assert.That((summary.OkCount, summary.Faults[nameof(FaultKind.Corrupt)]), Is.EqualTo((2, 1)));
        Assert.That(summary.Helpers.Disagreement, Is.Not.Null);
        string written = await File.ReadAllTextAsync(Path.Combine(folder, "out", "summary.json"), cancellation);
        Assert.That(written, Does.Contain("\"disagreement\": \"").And.Contain("\"kept\": "));
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task ClipGuards_own_helper_makes_the_right_bytes_of_every_known_clip(CancellationToken cancellation)
    {
        string naudio = Path.Combine(AppContext.BaseDirectory, "ClipGuard.NAudio.dll");
        bool hasNAudio = File.Exists(naudio);
        var options = new SupervisorOptions
        {
            HelperPath = PublishedCommand.HelperProgram,
            Workers = 1,
            Spares = 0,
            ConfirmOneIn = 1000,
            AudioDecoders = hasNAudio ? [naudio] : [],
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        byte[] cutOff = [.. Wave.Ramp(16_000, 4000).Take(30)];
        ClipSpec[] plugIns = hasNAudio ? [new AudioSpec { Decoder = Path.GetFileNameWithoutExtension(naudio) }] : [];
        ClipSpec[] specs = [new AudioSpec(), new VideoSpec(), new ImageSpec(), new InspectSpec(), .. plugIns];
        foreach (ClipSpec spec in specs)
        {
            using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(new MemorySource(cutOff), spec), cancellation);
            Assert.That(outcome.Fault, Is.Not.Null, $"{spec}");
        }

        // The last one's check may still go on; this one waits for it.
        using DecodeOutcome healthy = await supervisor.DecodeAsync(new DecodeRequest(new MemorySource(Wave.Ramp(16_000, 4000)), new AudioSpec()), cancellation);
        Assert.That(healthy.IsClip);
        Assert.That((supervisor.Reuse.KeptCount, supervisor.Reuse.NotKeptCount), Is.EqualTo((specs.Length + 1, 0)), "and the helper that confirmed the second");
    }

    private static async Task<int> PidAsync(Supervisor supervisor, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("pid"), cancellation);
        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        return (int)MemoryMarshal.Read<float>(outcome.Payload);
    }
}

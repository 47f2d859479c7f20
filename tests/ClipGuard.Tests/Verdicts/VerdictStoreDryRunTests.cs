using ClipGuard.DryRuns;
using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

using NUnit.Framework;

using static ClipGuard.Tests.Support.VerdictStoreRuns;

namespace ClipGuard.Tests.Verdicts;

/// <summary>Dry runs with a verdict store: what it knows is not decoded, and what comes out is what a run gives that decoded everything.</summary>
[CancelAfter(60_000)]
internal sealed class VerdictStoreDryRunTests
{
    [Test]
    public async Task A_second_run_decodes_nothing_and_finds_the_same()
    {
        using var bench = NewBench("ok-1.png", "bad-2.png", "ok-3.png", "gone-4.png");
        DryRunSummary first = await bench.RunAsync();
        string faults = File.ReadAllText(bench.FaultsPath);
        string clean = File.ReadAllText(bench.CleanPath);
        Assume.That(bench.Decoder.Asked, Has.Count.EqualTo(4));

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary second = await bench.RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Decoder.Asked, Is.Empty);
            Assert.That(File.ReadAllText(bench.FaultsPath), Is.EqualTo(faults));
            Assert.That(File.ReadAllText(bench.CleanPath), Is.EqualTo(clean));
            Assert.That((first.FromStoreCount, second.FromStoreCount), Is.EqualTo((0L, 4L)));
            Assert.That((second.ClipCount, second.OkCount), Is.EqualTo((first.ClipCount, first.OkCount)));
            Assert.That(second.Faults, Is.EqualTo(first.Faults));
        });
    }

    [Test]
    public async Task Only_what_is_new_or_changed_is_decoded()
    {
        using var bench = NewBench("ok-1.png", "bad-2.png", "gone-3.png", "ok-4.png");
        await bench.RunAsync();
        File.WriteAllText(Path.Combine(bench.Folder, "bad-2.png"), "longer than before");
        Age(Path.Combine(bench.Folder, "bad-2.png"));
        File.SetLastWriteTimeUtc(Path.Combine(bench.Folder, "ok-4.png"), new DateTime(2021, 1, 1, 0, 0, 1, DateTimeKind.Utc));
        File.WriteAllText(Path.Combine(bench.Folder, "gone-3.png"), "there now");
        Make(bench.Folder, "ok-5.png");
        File.AppendAllText(bench.ManifestPath, DryRunBench.Row("ok-5.png") + "\n");

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EquivalentTo(["bad-2.png", "gone-3.png", "ok-4.png", "ok-5.png"]));
    }

    [Test]
    public async Task Young_files_go_by_their_content([Values] IdentityKind identity)
    {
        using var bench = NewBench("ok-1.png", "bad-2.png");
        bench.Options = bench.Options with { Verdicts = bench.Options.Verdicts! with { Identity = identity } };
        string changed = Path.Combine(bench.Folder, "ok-1.png");
        File.WriteAllText(changed, "one");
        File.WriteAllText(Path.Combine(bench.Folder, "bad-2.png"), "same");
        DateTime time = DateTime.UtcNow;
        File.SetLastWriteTimeUtc(changed, time);
        await bench.RunAsync();

        // The same size, and the same second.
        File.WriteAllText(changed, "two");
        File.SetLastWriteTimeUtc(changed, time);
        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(["ok-1.png"]));
    }

    [Test]
    public async Task By_content_a_file_may_have_another_name_and_another_time()
    {
        using var bench = NewBench("ok-1.png", "bad-2.png");
        bench.Options = bench.Options with { Verdicts = bench.Options.Verdicts! with { Identity = IdentityKind.Content } };
        await bench.RunAsync();
        File.Move(Path.Combine(bench.Folder, "bad-2.png"), Path.Combine(bench.Folder, "other.png"));
        File.SetLastWriteTimeUtc(Path.Combine(bench.Folder, "other.png"), new DateTime(2022, 2, 2, 0, 0, 0, DateTimeKind.Utc));
        File.WriteAllText(bench.ManifestPath, DryRunBench.Row("other.png") + "\n");

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary second = await bench.RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Decoder.Asked, Is.Empty);
            Assert.That(second.Faults[nameof(FaultKind.Corrupt)], Is.EqualTo(1));
            Assert.That(((ClipFaultRecord)bench.Faults().Single()).Clip, Is.EqualTo("other.png"));
        });
    }

    [Test]
    public async Task Data_that_is_mounted_elsewhere_is_known_and_faults_name_its_path_there()
    {
        using var bench = NewBench("ok-1.png", "bad-2.png");
        await bench.RunAsync();
        string elsewhere = Directory.CreateTempSubdirectory("clipguard-mount-").FullName;
        try
        {
            foreach (string file in new[] { "ok-1.png", "bad-2.png", "manifest.jsonl" })
            {
                File.Copy(Path.Combine(bench.Folder, file), Path.Combine(elsewhere, file));
                File.SetLastWriteTimeUtc(Path.Combine(elsewhere, file), File.GetLastWriteTimeUtc(Path.Combine(bench.Folder, file)));
            }

            var decoder = new ScriptedDecoder();
            var options = bench.Options with { OutputFolder = Path.Combine(elsewhere, "out") };
            var manifest = new ClipGuard.Manifests.JsonLinesManifest(Path.Combine(elsewhere, "manifest.jsonl"), options.Manifest);
            await new DryRun(manifest, decoder, options).RunAsync();

            Assert.Multiple(() =>
            {
                Assert.That(decoder.Asked, Is.Empty);
                Assert.That(
                    ((ClipFaultRecord)DryRunFiles.ReadFaults(DryRunFiles.Faults(options.OutputFolder)).Single()).Path,
                    Is.EqualTo(Path.Combine(elsewhere, "bad-2.png")));
            });
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [TestCase("deadline")]
    [TestCase("spec")]
    [TestCase("limits")]
    [TestCase("memory")]
    public async Task Under_other_settings_verdicts_do_not_count(string setting)
    {
        using var bench = NewBench("ok-1.png", "bad-2.png");
        await bench.RunAsync();
        bench.Options = setting switch
        {
            "deadline" => bench.Options with { Guard = bench.Options.Guard with { Deadline = TimeSpan.FromSeconds(61) } },
            "spec" => bench.Options with { Image = new ImageSpec { Colors = PixelColors.Gray } },
            "limits" => bench.Options with { Limits = new DecodeLimits { MaxDamagedFrames = 1 } },
            _ => bench.Options with { Guard = bench.Options.Guard with { HelperMemoryBytes = 1L << 30 } },
        };

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Another_kinds_spec_does_not_matter()
    {
        using var bench = NewBench("ok-1.png", "bad-2.png");
        await bench.RunAsync();
        bench.Options = bench.Options with { Audio = new AudioSpec { SampleRateHz = 8000 } };

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.Empty);
    }

    [Test]
    public async Task What_is_unsettled_is_not_kept()
    {
        using var bench = NewBench("odd-1.png", "odd-good-2.png", "odd-bad-3.png");
        DryRunSummary first = await bench.RunAsync();
        bench.Options = bench.Options with { Fresh = true };

        bench.Decoder = new ScriptedDecoder();
        DryRunSummary second = await bench.RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That((first.UnsettledCount, second.UnsettledCount), Is.EqualTo((1L, 1L)));
            Assert.That(bench.Decoder.Asked, Is.EqualTo(["odd-1.png"]));
            Assert.That(second.FromStoreCount, Is.EqualTo(2));
        });
    }

    [Test]
    public async Task A_clip_that_changes_while_it_is_decoded_leaves_no_verdict()
    {
        using var bench = NewBench("ok-1.png", "ok-2.png");
        bench.Decoder.Hold("ok-1.png");
        Task<DryRunSummary> running = bench.RunAsync();
        await DryRunBench.Until(() => bench.Decoder.Asked.Contains("ok-1.png"));
        File.WriteAllText(Path.Combine(bench.Folder, "ok-1.png"), "other bytes");
        Age(Path.Combine(bench.Folder, "ok-1.png"));
        bench.Decoder.Release("ok-1.png");
        await running;

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(["ok-1.png"]));
    }

    [Test]
    public async Task A_file_that_cannot_be_read_is_not_remembered_as_missing()
    {
        using var bench = NewBench("ok-1.png");
        Make(bench.Folder, "gone-2.png");
        File.AppendAllText(bench.ManifestPath, DryRunBench.Row("gone-2.png") + "\n");
        await bench.RunAsync();

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(["gone-2.png"]));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_helpers_found_that_a_disagreement_puts_in_doubt_is_not_kept(bool disagree)
    {
        using var bench = NewBench("doubt-1.png", "ok-2.png", "doubt-3.png", "bad-4.png", "ok-5.png");
        bench.Options = bench.Options with { Guard = new() { Workers = 1 } };
        bench.Decoder.Hold("ok-2.png");
        bench.Decoder.Hold("ok-5.png");
        Task<DryRunSummary> running = bench.RunAsync();
        await DryRunBench.Until(() => bench.Decoder.Asked.Contains("ok-2.png"));
        bench.Decoder.Reuse = new ReuseAfterFaultReport { ConfirmedCount = 1 };
        bench.Decoder.Release("ok-2.png");
        await DryRunBench.Until(() => bench.Decoder.Asked.Contains("ok-5.png"));
        bench.Decoder.Reuse = new ReuseAfterFaultReport { ConfirmedCount = 1, Disagreement = disagree ? "A fresh one says otherwise." : null };
        bench.Decoder.Release("ok-5.png");
        await running;

        bench.Decoder = new ScriptedDecoder();
        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EqualTo(disagree ? ["doubt-3.png"] : Array.Empty<string>()));
    }

    [Test]
    public async Task What_the_manifest_holds_itself_goes_by_its_bytes()
    {
        const string One = "data:image/png;base64,aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8=";
        using var bench = new DryRunBench(DryRunBench.Row("ok-1.png")) { Decoder = new ScriptedDecoder() };
        Make(bench.Folder, "ok-1.png");
        bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = Path.Combine(bench.Folder, "store") } };
        var names = new PortableClipNaming([]);
        var finder = new IdentityFinder(names, IdentityKind.Metadata, static (_, _) => default, TimeProvider.System);
        var manifest = new ClipGuard.Manifests.JsonLinesManifest(bench.ManifestPath, bench.Options.Manifest);
        File.WriteAllLines(
            bench.ManifestPath, [DryRunBench.Row(One), DryRunBench.Row(One), DryRunBench.Row(One.Replace("aGV", "aGW", StringComparison.Ordinal))]);
        var found = new List<ByteIdentity>();
        await foreach (ClipGuard.Manifests.ManifestRow row in manifest.ReadRowsAsync())
        {
            found.Add((await finder.FindAsync(((ClipGuard.Manifests.SampleRow)row).Sample.Clips[0], CancellationToken.None))!.Identity);
        }

        finder.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(found[1], Is.EqualTo(found[0]));
            Assert.That(found[2], Is.Not.EqualTo(found[0]));
        });
    }
}

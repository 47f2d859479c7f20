using System.Collections.Concurrent;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Loaders with a verdict store, and with snapshots of it.</summary>
[CancelAfter(60_000)]
internal sealed class VerdictStoreLoaderTests
{
    [TestCase(ShuffleMode.Full)]
    [TestCase(ShuffleMode.Windowed)]
    [TestCase(ShuffleMode.None)]
    public async Task Ranks_that_use_one_snapshot_decode_no_clip_that_failed_on_any_of_them(ShuffleMode shuffle)
    {
        const int World = 8;
        using var run = new StoredRun(400, hangEvery: 50);
        ClipLoader[] ranks = await Task.WhenAll(Enumerable.Range(0, World).Select(rank => run.OpenAsync(
            run.Options with { Shuffle = shuffle, ShuffleWindow = 64, RankInfo = new RankInfo(rank, World) })));
        List<SeenBatch>[] first = await ReadAsync(ranks);
        Assume.That(run.Hung.Distinct().Count(), Is.EqualTo(8));
        run.Clips.Asked.Clear();

        string id = await ranks[0].TakeSnapshotAsync();
        await Task.WhenAll(ranks.Select(rank => rank.UseSnapshotAsync(id)));
        List<SeenBatch>[] second = await ReadAsync(ranks);

        Assert.Multiple(() =>
        {
            Assert.That(first.SelectMany(static batches => batches).Sum(static batch => batch.Faults.Count), Is.GreaterThanOrEqualTo(8));
            Assert.That(run.Hung, Is.Empty);
            Assert.That(second.SelectMany(static batches => batches).Sum(static batch => batch.Faults.Count), Is.Zero);
            Assert.That(second.Select(static batches => batches.Count).Distinct().Count(), Is.EqualTo(1));
            Assert.That(Lines(second), Is.Unique.And.Exactly(392).Items);
            Assert.That(second.SelectMany(static batches => batches).Select(static batch => batch.State.Snapshot), Is.All.EqualTo(id));
            Assert.That(Directory.GetFiles(run.Store, "faults-*").Select(static file => Path.GetFileNameWithoutExtension(file).Split('-')[^1]), Is.Unique);
        });
        await DisposeAsync(ranks);
    }

    [Test]
    public async Task Without_a_snapshot_what_is_known_is_substituted_and_the_plan_stays()
    {
        using var run = new StoredRun(60, hangEvery: 10);
        LoaderOptions options = run.Options with { Verdicts = null };
        List<SeenBatch> without = await run.ReadAsync(options);
        _ = await run.ReadAsync(run.Options);
        run.Clips.Asked.Clear();

        List<SeenBatch> with = await run.ReadAsync(run.Options with { RankInfo = new RankInfo(0, 1) });

        Assert.Multiple(() =>
        {
            Assert.That(run.Hung, Is.Empty);
            Assert.That(with.Select(static batch => batch.Content), Is.EqualTo(without.Select(static batch => batch.Content)));
        });
    }

    [Test]
    public async Task A_clip_with_other_bytes_is_decoded_again_where_there_is_no_snapshot()
    {
        using var run = new StoredRun(20, hangEvery: 10);
        _ = await run.ReadAsync(run.Options);
        string changed = run.PathOf("/hang/9");
        File.WriteAllText(changed, "other bytes");
        File.SetLastWriteTimeUtc(changed, new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        run.Clips.Asked.Clear();

        _ = await run.ReadAsync(run.Options);

        Assert.That(run.Hung.Distinct(), Is.EqualTo(["/hang/9"]));
    }

    [Test]
    public async Task The_same_faults_make_the_same_snapshot_whoever_found_them_first()
    {
        using var run = new StoredRun(40, hangEvery: 10);
        await using ClipLoader loader = await run.OpenAsync(run.Options);
        _ = await LoaderRun.ReadAsync(loader);
        string first = await loader.TakeSnapshotAsync();
        string file = Directory.GetFiles(run.Store, "faults-*").Single();
        File.Copy(file, Path.Combine(run.Store, "faults-another.jsonl"));

        StoreSnapshot again = VerdictStoreMaintenance.TakeSnapshot(run.Store, []);

        Assert.Multiple(() =>
        {
            Assert.That(again.Id, Is.EqualTo(first));
            Assert.That(again.ClipCount, Is.EqualTo(4));
            Assert.That(File.Exists(again.Path));
        });
    }

    [Test]
    public async Task Another_snapshot_than_the_states_is_refused_and_so_is_a_damaged_one()
    {
        using var run = new StoredRun(40, hangEvery: 10);
        await using ClipLoader loader = await run.OpenAsync(run.Options);
        _ = await LoaderRun.ReadAsync(loader);
        string id = await loader.TakeSnapshotAsync();
        await loader.UseSnapshotAsync(id);
        LoaderState state = (await LoaderRun.ReadAsync(loader, most: 2))[^1].State;
        await using ClipLoader none = await run.OpenAsync(run.Options);
        await using ClipLoader same = await run.OpenAsync(run.Options with { Snapshot = id });

        Assert.Multiple(() =>
        {
            Assert.That(() => none.Resume(state), Throws.TypeOf<LoaderStateException>().With.Message.Contains($"snapshot is {id}, the loader's is none"));
            Assert.That(() => same.Resume(LoaderState.Parse(state.ToJson())), Throws.Nothing);
            Assert.That(
                () => run.OpenAsync(run.Options with { Snapshot = new string('0', 32) }),
                Throws.TypeOf<SnapshotException>().With.Message.Contains("cannot be read"));
            Assert.That(() => run.OpenAsync(run.Options with { Snapshot = "../x" }), Throws.TypeOf<SnapshotException>().With.Message.Contains("no id"));
            Assert.That(
                () => run.OpenAsync(run.Options with { Snapshot = id, Audio = new AudioSpec { SampleRateHz = 8000 } }),
                Throws.TypeOf<SnapshotException>().With.Message.Contains("audio.sampleRateHz was 16000 and is 8000"));
        });
        string path = Path.Combine(run.Store, "snapshots", id + ".jsonl");
        File.AppendAllText(path, "\n");
        Assert.That(() => run.OpenAsync(run.Options with { Snapshot = id }), Throws.TypeOf<SnapshotException>().With.Message.Contains("is damaged"));
    }

    [Test]
    public async Task A_loader_goes_on_with_a_snapshot_where_its_state_was_taken([Values] ShuffleMode shuffle)
    {
        using var run = new StoredRun(60, hangEvery: 10);
        LoaderOptions options = run.Options with { Shuffle = shuffle, ShuffleWindow = 16 };
        await using ClipLoader loader = await run.OpenAsync(options);
        _ = await LoaderRun.ReadAsync(loader);
        string id = await loader.TakeSnapshotAsync();
        await loader.UseSnapshotAsync(id);
        List<SeenBatch> whole = await LoaderRun.ReadAsync(loader);

        await using ClipLoader other = await run.OpenAsync(options with { Snapshot = id });
        other.Resume(LoaderState.Parse(whole[3].State.ToJson()));
        List<SeenBatch> rest = await LoaderRun.ReadAsync(other);

        Assert.That(rest.Select(static batch => batch.Content), Is.EqualTo(whole.Skip(4).Select(static batch => batch.Content)));
    }

    [Test]
    public async Task A_snapshot_is_not_taken_in_within_an_epoch()
    {
        using var run = new StoredRun(40, hangEvery: 10);
        await using ClipLoader loader = await run.OpenAsync(run.Options);
        _ = await LoaderRun.ReadAsync(loader, most: 3);
        string id = await loader.TakeSnapshotAsync();

        await Assert.ThatAsync(() => loader.UseSnapshotAsync(id), Throws.InvalidOperationException.With.Message.Contains("between two epochs"));
    }

    [Test]
    public async Task With_a_store_a_state_does_not_grow_with_what_failed()
    {
        using var few = new StoredRun(40, hangEvery: 20);
        using var many = new StoredRun(400, hangEvery: 2);
        var lengths = new List<int>();
        foreach (StoredRun run in new[] { few, many })
        {
            await using ClipLoader loader = await run.OpenAsync(run.Options with { ExcludeFailed = true, OnBadSample = BadSamplePolicy.Mask });
            List<SeenBatch> first = await LoaderRun.ReadAsync(loader);
            Assume.That(first.Sum(static batch => batch.Faults.Count), Is.EqualTo(run == few ? 2 : 200));
            List<SeenBatch> second = await LoaderRun.ReadAsync(loader);
            Assert.That(second.Sum(static batch => batch.Faults.Count), Is.Zero);
            Assert.That(second.SelectMany(static batch => batch.Samples).Count(static sample => !sample.IsMasked), Is.EqualTo(run == few ? 38 : 200));
            lengths.Add((first[^1].State with { ConsumedCount = 0, TriedRowCount = 0, FaultCount = 0 }).ToJson().Length);
            lengths.Add((second[^1].State with { ConsumedCount = 0, TriedRowCount = 0, FaultCount = 0 }).ToJson().Length);
        }

        Assert.That(lengths[0..2], Is.EqualTo(lengths[2..4]));
    }

    [Test]
    public async Task A_state_does_not_grow_with_lines_that_the_options_exclude()
    {
        using LoaderRun run = LoaderRun.Of(8);
        IEnumerable<ManifestLineReference> lines = Enumerable.Range(9, 100_000).Select(static line => new ManifestLineReference(line));
        LoaderOptions options = LoaderRun.Options with { ExcludedLines = [.. lines] };
        await using ClipLoader loader = await run.OpenAsync(options);
        LoaderState state = (await LoaderRun.ReadAsync(loader, most: 1))[0].State;
        await using ClipLoader other = await run.OpenAsync(options with { ExcludedLines = [9] });

        Assert.Multiple(() =>
        {
            Assert.That(state.ToJson(), Has.Length.LessThan(1000));
            Assert.That(() => other.Resume(state), Throws.TypeOf<LoaderStateException>().With.Message.Contains("excluded lines"));
        });
    }

    [Test]
    public async Task Faults_that_are_not_the_clips_are_not_written_down()
    {
        using var run = new StoredRun(12, hangEvery: 0);
        _ = await run.ReadAsync(run.Options with { MaxPaddedBytes = 100 });

        Assert.That(Directory.GetFiles(run.Store), Is.Empty);
    }

    [Test]
    public void Compaction_keeps_verdicts_and_snapshots()
    {
        using var run = new StoredRun(40, hangEvery: 10);
        _ = run.ReadAsync(run.Options).GetAwaiter().GetResult();
        string one = Directory.GetFiles(run.Store, "faults-*").Single();
        File.Copy(one, Path.Combine(run.Store, "faults-another.jsonl"));
        File.WriteAllLines(Path.Combine(run.Store, "faults-young.jsonl"), File.ReadAllLines(one)[..3]);
        File.SetLastWriteTimeUtc(one, DateTime.UtcNow.AddDays(-3));
        File.SetLastWriteTimeUtc(Path.Combine(run.Store, "faults-another.jsonl"), DateTime.UtcNow.AddDays(-2));
        StoreSnapshot before = VerdictStoreMaintenance.TakeSnapshot(run.Store, []);

        int files = VerdictStoreMaintenance.Compact(run.Store, TimeSpan.FromDays(1));

        Assert.Multiple(() =>
        {
            Assert.That(files, Is.EqualTo(2));
            Assert.That(Directory.GetFiles(run.Store).Select(static file => Path.GetFileNameWithoutExtension(file).Split('-')[^1]),
                Is.EquivalentTo(["compacted", "young"]));
            Assert.That(
                File.ReadAllLines(Directory.GetFiles(run.Store, "*compacted*").Single()), Has.Length.EqualTo(2 + 4), "the header, the settings, four faults");
            Assert.That(File.Exists(before.Path));
            Assert.That(VerdictStoreMaintenance.TakeSnapshot(run.Store, []).Id, Is.EqualTo(before.Id));
        });
    }

    [Test]
    public void Of_a_store_with_several_settings_one_has_to_be_named()
    {
        using var run = new StoredRun(40, hangEvery: 10);
        _ = run.ReadAsync(run.Options).GetAwaiter().GetResult();
        string id = VerdictStoreMaintenance.TakeSnapshot(run.Store, []).Id;
        _ = run.ReadAsync(run.Options with { Limits = new DecodeLimits { MaxDamagedFrames = 3 } }).GetAwaiter().GetResult();

        SnapshotException refused = Assert.Throws<SnapshotException>(() => VerdictStoreMaintenance.TakeSnapshot(run.Store, []))!;
        string[] names = [.. System.Text.RegularExpressions.Regex.Matches(refused.Message, "[0-9a-f]{16}").Select(static match => match.Value)];

        Assert.Multiple(() =>
        {
            Assert.That(names, Is.Unique.And.Length.EqualTo(2));
            Assert.That(names.Select(name => VerdictStoreMaintenance.TakeSnapshot(run.Store, [name]).Id), Is.Unique.And.Member(id));
            Assert.That(() => VerdictStoreMaintenance.TakeSnapshot(run.Store, ["00"]), Throws.TypeOf<SnapshotException>().With.Message.Contains("'00'"));
        });
    }

    private static IEnumerable<long> Lines(IEnumerable<List<SeenBatch>> ranks) =>
        ranks.SelectMany(static batches => batches).SelectMany(static batch => batch.Samples)
            .Where(static sample => !sample.IsMasked).Select(static sample => sample.Line);

    private static Task<List<SeenBatch>[]> ReadAsync(ClipLoader[] ranks) => Task.WhenAll(ranks.Select(static rank => LoaderRun.ReadAsync(rank)));

    private static async Task DisposeAsync(ClipLoader[] ranks)
    {
        foreach (ClipLoader rank in ranks)
        {
            await rank.DisposeAsync();
        }
    }

    /// <summary>A manifest of scripted clips that are files, and a store.</summary>
    private sealed class StoredRun : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("clipguard-stored-").FullName;
        private readonly string _manifest;

        public StoredRun(int rows, int hangEvery)
        {
            _manifest = Path.Combine(_folder, "manifest.jsonl");
            string[] clips = [.. Enumerable.Range(0, rows).Select(
                i => hangEvery > 0 && i % hangEvery == hangEvery - 1 ? $"/hang/{i}" : $"/ok/{i}/{1 + (i % 20)}")];
            foreach (string clip in clips)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(PathOf(clip))!);
                File.WriteAllText(PathOf(clip), clip);
                File.SetLastWriteTimeUtc(PathOf(clip), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            }

            File.WriteAllLines(_manifest, clips.Select(static (clip, i) => $$"""{"id":{{i}},"audio":"{{clip[1..]}}"}"""));
            Options = LoaderRun.Options with { Verdicts = new VerdictStoreOptions { Folder = Store } };
        }

        public LoaderOptions Options { get; }

        public string Store => Path.Combine(_folder, "store");

        public RootedClips Clips => field ??= new RootedClips(_folder);

        public IEnumerable<string> Hung => Clips.Asked.Where(static clip => clip.StartsWith("/hang", StringComparison.Ordinal));

        public string PathOf(string clip) => _folder + clip;

        public Task<ClipLoader> OpenAsync(LoaderOptions options) => ClipLoader.OpenAsync(
            new JsonLinesManifest(_manifest, new ManifestOptions { RequireMessages = false, RootImageDirectory = null }), options, Clips);

        public async Task<List<SeenBatch>> ReadAsync(LoaderOptions options)
        {
            await using ClipLoader loader = await OpenAsync(options);
            return await LoaderRun.ReadAsync(loader);
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Scripted clips below a folder.</summary>
    private sealed class RootedClips(string root) : IGuardedDecoder
    {
        private readonly ScriptedLoaderDecoder _clips = new();

        public ConcurrentQueue<string> Asked => _clips.Asked;

        public string DecoderVersion => _clips.DecoderVersion;

        public SandboxLevel Sandbox => _clips.Sandbox;

        public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation) =>
            _clips.DecodeAsync(request with { Source = new FileSource(((FileSource)request.Source).Path[root.Length..]) }, onFirstFailure, cancellation);

        public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation) =>
            throw new NotSupportedException("A loader keeps no first failures.");

        public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation) =>
            throw new NotSupportedException("A loader settles no clips.");
    }
}

using System.Text;

using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.ObjectStorage;
using ClipGuard.TestStore;
using ClipGuard.Tests.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.ObjectStorage;

/// <summary>Manifests of every kind in an object store keep the contract of those in files.</summary>
[TestFixture("train.jsonl")]
[TestFixture("train.json")]
[TestFixture("train.csv")]
[TestFixture("train-{000..001}.tar")]
[TestFixture("part-*.jsonl")]
public sealed class RemoteManifestContractTests(string name) : IndexableManifestContract
{
    private ObjectStore _store = null!;
    private S3Fetcher _fetcher = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _store = await ObjectStore.StartAsync();
        _fetcher = new S3Fetcher(new S3Options { Endpoint = _store.Address, Anonymous = true });
    }

    [TearDown]
    public async Task StopAsync()
    {
        _fetcher.Dispose();
        await _store.DisposeAsync();
    }

    protected override IIndexableManifest Make()
    {
        string[] rows = [.. Enumerable.Range(0, 6).Select(static row => $$"""{"query":"q{{row}}","response":"r","image":"i/{{row}}.png"}""")];
        Put("train.jsonl", string.Join('\n', rows) + "\nbad\n");
        Put("train.json", $"[{string.Join(',', rows)}]");
        Put("train.csv", "image,query,response\n" + string.Concat(Enumerable.Range(0, 6).Select(static row => $"i/{row}.png,\"q\n{row}\",r\n")));
        Put("part-a.jsonl", string.Join('\n', rows[..3]));
        Put("part-b.jsonl", string.Join('\n', rows[3..]));
        PutTar("train-000.tar", "a", "b", "c");
        PutTar("train-001.tar", "d", "e", "f");
        return Manifest.Open($"s3://bucket/data/{name}", new ManifestOptions
        {
            RootImageDirectory = null,
            Fetching = new FetchOptions { Fetchers = [_fetcher], RetryPause = TimeSpan.FromMilliseconds(1) },
        });
    }

    protected override void Change()
    {
        string changed = $"bucket/data/{name.Replace("{000..001}", "001", StringComparison.Ordinal).Replace('*', 'b')}";
        byte[] bytes = [.. _store.Objects[changed].Bytes.Select(static value => value == (byte)'r' ? (byte)'s' : value)];
        _store.Put(changed, bytes, "\"changed\"");
    }

    [Test]
    public void Clips_are_members_or_lie_beside_the_manifest()
    {
        Sample[] samples = [.. Make().ReadRowsAsync().ToBlockingEnumerable().OfType<SampleRow>().Select(static row => row.Sample)];
        var clip = (RemoteSource)samples[4].Clips.Single().Source!;
        bool isTar = name.EndsWith(".tar", StringComparison.Ordinal);
        Assert.That(clip.Address.OriginalString, Is.EqualTo(isTar ? "s3://bucket/data/train-001.tar" : "s3://bucket/data/i/4.png"));
        Assert.That(samples[4].Clips.Single().Path, Is.EqualTo(clip.Address.OriginalString));
        Assert.That((clip.Length, clip.Version), Is.EqualTo(isTar ? (300L, "\"b5-1\"") : ((long?)null, (string?)null)));
    }

    private void PutTar(string shard, params string[] keys) => _store.Put($"bucket/data/{shard}", [
        .. keys.SelectMany(key => RawTar.File($"{key}.json", """{"label":"r"}""").Concat(RawTar.File($"{key}.wav", new string('r', 300)))), .. RawTar.End,
    ]);

    private void Put(string file, string text) => _store.Put($"bucket/data/{file}", Encoding.UTF8.GetBytes(text));
}

/// <summary>What is read of objects, and what comes where they cannot be.</summary>
[CancelAfter(60_000)]
internal sealed class RemoteManifestTests
{
    private ObjectStore _store = null!;
    private ManifestOptions _options = null!;
    private S3Fetcher _fetcher = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _store = await ObjectStore.StartAsync();
        _fetcher = new S3Fetcher(new S3Options { Endpoint = _store.Address, Anonymous = true });
        _options = new ManifestOptions
        {
            RootImageDirectory = null,
            Fetching = new FetchOptions { Fetchers = [_fetcher], RetryPause = TimeSpan.FromMilliseconds(1), Retries = 1 },
        };
    }

    [TearDown]
    public async Task StopAsync()
    {
        _fetcher.Dispose();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task A_row_costs_its_own_bytes_and_a_manifest_is_read_in_growing_ranges()
    {
        string line = $$"""{"query":"{{new string('q', 990)}}","response":"r"}""" + "\n";
        _store.Put("bucket/m.jsonl", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 3000))));
        using IndexedRows rows = await Manifest.Open("s3://bucket/m.jsonl", _options).IndexAsync();
        string?[] reading = [.. _store.Asked.Select(static asked => asked.Range)];
        Assert.That(reading[^3..], Is.EqualTo(new[] { "bytes=458752-983039", "bytes=983040-2031615", $"bytes=2031616-{(3000 * line.Length) - 1}" }));

        Assert.That(rows.Read(2500), Is.InstanceOf<SampleRow>());
        Assert.That(_store.Asked[^1].Range, Is.EqualTo($"bytes={2500 * line.Length}-{(2501 * line.Length) - 1}"));
        Assert.That(_store.Asked[^1].Condition, Is.EqualTo("\"b5-1\""));

        _store.Put("bucket/m.jsonl", _store.Objects["bucket/m.jsonl"].Bytes, "\"changed\"");
        Assert.That(
            () => rows.Read(2500),
            Throws.InstanceOf<ManifestException>().With.Message.EqualTo(
                $"The manifest s3://bucket/m.jsonl cannot be read at byte {2500 * line.Length}: the store answered 412 PreconditionFailed."));
    }

    [Test]
    public void Of_a_shard_what_lies_between_headers_is_passed_over()
    {
        byte[] large = [.. RawTar.Header("b.wav", 10 << 20), .. new byte[10 << 20]];
        _store.Put("bucket/s.tar", [.. RawTar.File("a.wav"), .. large, .. RawTar.File("c.wav"), .. RawTar.End]);
        ManifestRow[] rows = [.. Manifest.Open("s3://bucket/s.tar", _options).ReadRowsAsync().ToBlockingEnumerable()];
        Assert.That(rows.OfType<SampleRow>().Count(), Is.EqualTo(3));
        Assert.That(_store.Asked, Has.Count.LessThan(5));
    }

    [Test]
    public void A_compressed_shard_is_unpacked_as_it_comes()
    {
        var packed = new MemoryStream();
        using (var packing = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            packing.Write([.. RawTar.File("a.wav"), .. RawTar.End]);
        }

        _store.Put("bucket/s.tar.gz", packed.ToArray());
        ManifestRow row = Manifest.Open("s3://bucket/s.tar.gz", _options).ReadRowsAsync().ToBlockingEnumerable().Single();
        Assert.That(((SampleRow)row).Sample.Clips.Single().Source, Is.InstanceOf<MemorySource>());
    }

    [Test]
    public async Task A_copy_in_a_store_has_the_fingerprint_of_the_file()
    {
        using var file = new ManifestFile(string.Concat(Enumerable.Repeat("{\"query\":\"q\",\"response\":\"r\"}\n", 100_000)));
        _store.Put("bucket/m.jsonl", File.ReadAllBytes(file.FilePath));
        string remote = await Manifest.Open("s3://bucket/m.jsonl", _options).FingerprintAsync();
        Assert.That(remote, Is.EqualTo(await Manifest.Open(file.FilePath, _options).FingerprintAsync()));
    }

    [Test]
    public void A_manifest_may_be_empty()
    {
        _store.Put("bucket/m.jsonl", []);
        Assert.That(Manifest.Open("s3://bucket/m.jsonl", _options).ReadRowsAsync().ToBlockingEnumerable(), Is.Empty);
    }

    [TestCase("s3://bucket/nothing.jsonl", "The manifest s3://bucket/nothing.jsonl cannot be read: the store answered 404 NoSuchKey.")]
    [TestCase("s3://bucket/nothing-*.jsonl", "No object matches s3://bucket/nothing-*.jsonl.")]
    [TestCase(
        "s3://bucket/folder/",
        "s3://bucket/folder/ names a folder, and those at addresses are not read: name a manifest, or objects by a pattern as s3://bucket/folder/*.tar.")]
    [TestCase(
        "other://bucket/a.jsonl",
        "The manifest other://bucket/a.jsonl is not read: addresses of other:// are not read; fetch the clip and name its file, or give an IFetcher for them "
            + "in FetchOptions.Fetchers.")]
    public void What_cannot_be_opened_says_why(string address, string message) =>
        Assert.That(() => Manifest.Open(address, _options), Throws.InstanceOf<ManifestException>().With.Message.EqualTo(message));

    [Test]
    public void Without_its_fetcher_an_s3_address_says_what_reads_it()
    {
        const string Advice = "are fetched only where that is allowed: --allow-s3, or an S3Fetcher of the package ClipGuard.S3 in FetchOptions.Fetchers.";
        ClipReference clip = ManifestFile.ReadSample("""{"query":"q","response":"r","image":"s3://bucket/a.png"}""").Clips.Single();
        Assert.That((clip.Refusal?.Kind, clip.Refusal?.Message), Is.EqualTo((FaultKind.Unsupported, $"Clips at s3:// addresses {Advice}")));
        Assert.That(
            () => Manifest.Open("s3://bucket/a.jsonl"),
            Throws.InstanceOf<ManifestException>().With.Message.EqualTo($"The manifest s3://bucket/a.jsonl is not read: addresses of s3:// {Advice}"));
    }

    [TestCase("s3://bucket/moved", "s3://bucket/moved/i/a#b %.png")]
    [TestCase("s3://bucket/moved/", "s3://bucket/moved/i/a#b %.png")]
    [TestCase(null, "s3://bucket/data/i/a#b %.png")]
    public void Relative_paths_lead_below_the_root_or_beside_the_manifest(string? root, string address)
    {
        _store.Put("bucket/data/m.jsonl", Encoding.UTF8.GetBytes("""{"query":"q","response":"r","image":"./i/x/../a#b %.png"}"""));
        var row = (SampleRow)Manifest.Open("s3://bucket/data/m.jsonl", _options with { Root = root }).ReadRowsAsync().ToBlockingEnumerable().Single();
        Assert.That(((RemoteSource)row.Sample.Clips.Single().Source!).Address.OriginalString, Is.EqualTo(address));
    }
}

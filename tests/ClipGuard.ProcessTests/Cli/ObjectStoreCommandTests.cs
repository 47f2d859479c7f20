using System.Formats.Tar;
using System.Text;
using System.Text.Json;

using ClipGuard.TestStore;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>The command on what lies in an object store: manifests, clips beside them, and shards.</summary>
[Parallelizable]
[CancelAfter(120_000)]
internal sealed class ObjectStoreCommandTests
{
    private static readonly Dictionary<string, string?> Environment = new()
    {
        ["AWS_ACCESS_KEY_ID"] = "id-to-be-seen",
        ["AWS_SECRET_ACCESS_KEY"] = "secret-key",
        ["AWS_SESSION_TOKEN"] = "secret-token",
        ["CLIPGUARD_HTTP_HEADER"] = "Authorization: secret-header",
    };

    private ObjectStore _store = null!;
    private string _folder = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-store-").FullName;
        _store = await ObjectStore.StartAsync();
        byte[] clip = Wave.Ramp(16_000, 100);
        _store.Put("bucket/data/clips/a.wav", clip);
        _store.Put("bucket/data/clips/cut.wav", "RIFF"u8.ToArray());
        _store.Put("bucket/data/m.jsonl", Encoding.UTF8.GetBytes(string.Concat(
            Row("clips/a.wav"), Row("clips/missing.wav"), Row("s3://bucket/data/clips/a.wav"), Row("clips/cut.wav"))));
        _store.Put("bucket/s-0.tar", Shard(("1.wav", clip), ("1.txt", "one"u8.ToArray()), ("2.wav", clip)));
        _store.Put("bucket/s-1.tar", Shard(("3.wav", "nothing"u8.ToArray())));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void A_dry_run_of_a_manifest_in_a_store_finds_what_is_bad_and_tells_no_secret()
    {
        CommandRun run = DryRun("s3://bucket/data/m.jsonl");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output + run.Error);
        Assert.That(Faults(), Is.EqualTo(new[]
        {
            "2 clips/missing.wav s3://bucket/data/clips/missing.wav Missing", "4 clips/cut.wav s3://bucket/data/clips/cut.wav Corrupt",
        }));
        Assert.That(File.ReadAllText(Path.Combine(_folder, "clean.jsonl")), Is.EqualTo(Row("clips/a.wav") + Row("s3://bucket/data/clips/a.wav")));
        Assert.That(_store.Asked.Select(static asked => asked.Headers["Authorization"]), Has.All.StartsWith("AWS4-HMAC-SHA256 Credential=id-to-be-seen/"));
        string[] written = [run.Output, run.Error, .. Directory.EnumerateFiles(_folder).Select(File.ReadAllText)];
        Assert.That(written, Has.Length.GreaterThan(5).And.All.Not.Contains("secret-"));

        DryRun("s3://bucket/data/m.jsonl");
        Assert.That(Faults(), Has.Length.EqualTo(2));
    }

    [Test]
    public void What_an_object_had_is_known_by_its_ETag_until_that_changes()
    {
        string[] arguments = ["dry-run", "s3://bucket/data/m.jsonl", "--out", _folder, "--verdicts", Path.Combine(_folder, "verdicts")];
        Run(arguments);
        int before = _store.Asked.Count;
        Assert.That(_store.Asked.Count(static asked => asked.Name.EndsWith("/a.wav", StringComparison.Ordinal)), Is.EqualTo(1));

        Run(arguments);
        Assert.That(
            _store.Asked.Skip(before).Where(static asked => asked.Name.EndsWith(".wav", StringComparison.Ordinal)).Select(Asked),
            Is.EquivalentTo(["a.wav bytes=0-0", "cut.wav bytes=0-0", "missing.wav bytes=0-"]));
        Assert.That(Summary("fromStore"), Is.EqualTo(2));
        Assert.That(Faults(), Has.Length.EqualTo(2));

        _store.Put("bucket/data/clips/cut.wav", Wave.Ramp(16_000, 10), "\"b5-2\"");
        Run(arguments);
        Assert.That((Summary("fromStore"), Summary("ok")), Is.EqualTo((1L, 3L)));
    }

    [Test]
    public void Of_shards_in_a_store_members_are_fetched_by_their_ranges()
    {
        CommandRun run = DryRun("s3://bucket/s-{0..1}.tar");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output + run.Error);
        Assert.That(Faults(), Is.EqualTo(new[] { "3 3.wav s3://bucket/s-1.tar Corrupt" }));
        string range = $"bytes=512-{511 + Wave.Ramp(16_000, 100).Length}";
        Assert.That(_store.Asked.Where(static asked => asked.Name == "bucket/s-0.tar").Select(static asked => asked.Range), Does.Contain(range));

        CommandRun bench = Run("bench", "s3://bucket/s-*.tar", "--batch", "1", "--seed", "1");
        Assert.That((bench.ExitCode, bench.Output), Is.EqualTo((1, bench.Output)), bench.Error);
        Assert.That(bench.Output, Does.Contain("3 samples").Or.Contain("2 samples"));
    }

    [Test]
    public void One_object_is_decoded_and_one_that_is_not_there_says_so()
    {
        Assert.That(Run("decode", "s3://bucket/data/clips/a.wav", "--out", Path.Combine(_folder, "a.npy")).ExitCode, Is.Zero);
        CommandRun missing = Run("inspect", "s3://bucket/data/clips/missing.wav");
        Assert.That(missing.ExitCode, Is.EqualTo(1));
        Assert.That(missing.Error, Does.Contain("s3://bucket/data/clips/missing.wav: the store answered 404 NoSuchKey."));
        Assert.That(DryRun("s3://bucket/none.jsonl").Error, Does.Contain("The manifest s3://bucket/none.jsonl cannot be read: the store answered 404"));
    }

    private static string Row(string clip) =>
        $$"""{"messages":[{"role":"user","content":"<audio>"},{"role":"assistant","content":"x"}],"audios":["{{clip}}"]}""" + "\n";

    private static byte[] Shard(params (string Name, byte[] Bytes)[] members)
    {
        var shard = new MemoryStream();
        using (var writer = new TarWriter(shard, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in members)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }

        return shard.ToArray();
    }

    private string[] Faults() => [.. File.ReadLines(Path.Combine(_folder, "faults.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement)
        .Select(static fault => $"{fault.GetProperty("line")} {fault.GetProperty("clip")} {fault.GetProperty("path")} {fault.GetProperty("fault")}")];

    private static string Asked(AskedRequest asked) => $"{asked.Name[(asked.Name.LastIndexOf('/') + 1)..]} {asked.Range}";

    private long Summary(string count) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "summary.json"))).RootElement.GetProperty(count).GetInt64();

    private CommandRun DryRun(string manifest) => Run("dry-run", manifest, "--out", _folder);

    private CommandRun Run(params string[] arguments) =>
        PublishedCommand.Run(Environment, [.. arguments, "--s3-endpoint", _store.Address.OriginalString, .. WorkersOf(arguments[0])]);

    private static string[] WorkersOf(string command) => command is "dry-run" or "bench" ? ["--workers", "1"] : [];
}

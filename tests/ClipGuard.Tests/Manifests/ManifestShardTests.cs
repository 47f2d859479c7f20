using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Media.Native;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Shares of a manifest: put one after the other they are the manifest.</summary>
[CancelAfter(60_000)]
internal sealed class ManifestShardTests
{
    private static readonly ManifestOptions Options = new() { RootImageDirectory = null };

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-shards-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Lines_in_all_their_forms([Values("\n", "\r\n")] string ending, [Values] bool endsWithLineFeed, [Values] bool hasByteOrderMark)
    {
        var random = new Random(17);
        for (int round = 0; round < 5; round++)
        {
            string[] lines =
            [
                .. Enumerable.Range(0, random.Next(0, 30)).Select(i => random.Next(5) switch
                {
                    0 => string.Empty,
                    1 => "no sample",
                    2 => Row($"{new string('x', random.Next(3000))}{i}.png"),
                    _ => Row($"{i}.png"),
                }),
            ];
            string text = string.Join(ending, lines) + (endsWithLineFeed ? ending : string.Empty);
            string path = Write("m.jsonl", (hasByteOrderMark ? "\uFEFF" : string.Empty) + text);

            CheckShares(new JsonLinesManifest(path, Options));
        }
    }

    [Test]
    public void Elements_of_an_array([Values("", "\n", "\r\n  ")] string space, [Values("]", "]\n\n", "", ",", "] and more")] string end)
    {
        var random = new Random(18);
        for (int round = 0; round < 3; round++)
        {
            string[] rows =
            [
                .. Enumerable.Range(0, random.Next(0, 20)).Select(i => random.Next(4) switch
                {
                    0 => "{ \"no\": [\"sample, ]}\"] }",
                    1 => Row($"[{{,\\\"{i}.png"),
                    _ => Row($"{i}.png"),
                }),
            ];
            CheckShares(Manifest.Open(Write("m.json", $"[{space}{string.Join(',' + space, rows)}{space}{end}"), Options));
        }
    }

    [Test]
    public void Rows_of_a_table([Values("\n", "\r\n")] string ending, [Values("", "\uFEFF", "\r\n\r\n")] string start)
    {
        var random = new Random(19);
        for (int round = 0; round < 5; round++)
        {
            string[] rows =
            [
                .. Enumerable.Range(0, random.Next(0, 30)).Select(i => random.Next(5) switch
                {
                    0 => string.Empty,
                    1 => $"{i}.png,\"a \"\"line\"\"{ending}and, {ending}{ending}more\",x",
                    2 => "too few cells",
                    _ => $"{i}.png,q,",
                }),
            ];
            CheckShares(Manifest.Open(Write("m.csv", $"{start}image,query,\"no{ending}te\"{ending}{string.Join(ending, rows)}"), Options));
        }
    }

    [Test]
    public void Shards_folders_files_in_a_row_and_blends()
    {
        for (int shard = 0; shard < 5; shard++)
        {
            byte[][] members = [.. Enumerable.Range(0, shard * shard).Select(static i => RawTar.File($"{i:D3}.png", new string('x', 100 * i)))];
            File.WriteAllBytes(Path.Combine(_folder, $"s-{shard}.tar"), [.. members.SelectMany(static bytes => bytes), .. RawTar.End]);
        }

        string pictures = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        for (int picture = 0; picture < 7; picture++)
        {
            File.WriteAllBytes(Path.Combine(pictures, $"{picture}.png"), []);
        }

        string one = Write("part-1.jsonl", $"{Row("a.png")}\n\nno sample\n{Row("b.png")}");
        string two = Write("part-2.jsonl", $"{Row("c.png")}\n{Row("d.png")}\n");

        CheckShares(Manifest.Open(Path.Combine(_folder, "s-{0..4}.tar")));
        CheckShares(Manifest.Open(pictures));
        CheckShares(Manifest.Open(Path.Combine(_folder, "part-*.jsonl"), Options));
        CheckShares(new FilteredManifest(new JsonLinesManifest(two, Options), static sample => sample.Clips[0].AsWritten != "c.png"));
        CheckShares(new BlendedManifest([(new JsonLinesManifest(one, Options), 2), (new JsonLinesManifest(two, Options), 1)], BlendLength.UntilAllAreUsedUp));
    }

    [Test]
    public async Task Shares_are_about_equal_in_bytes()
    {
        var random = new Random(20);
        string[] rows = [.. Enumerable.Range(0, 4000).Select(i => Row($"{new string('x', i < 2000 ? 500 : random.Next(20))}{i}.png"))];
        IManifest[] manifests =
        [
            new JsonLinesManifest(Write("m.jsonl", string.Join('\n', rows)), Options),
            Manifest.Open(Write("m.json", $"[{string.Join(',', rows)}]"), Options),
            Manifest.Open(Write("m.csv", "messages,note\n" + string.Join('\n', rows.Select(static row => $"x,\"{new string('y', row.Length)}\""))), Options),
        ];
        foreach (IManifest manifest in manifests)
        {
            long length = new FileInfo(manifest.Name).Length;
            for (int index = 0; index < 7; index++)
            {
                using ManifestShard shard = await ManifestShard.OpenAsync(manifest, new ShardNumber(index, 7));
                Assert.That(shard.Extent.To - shard.Extent.From, Is.EqualTo(length / 7.0).Within(2000), $"{shard.Kind}");
            }
        }
    }

    [Test]
    public async Task Places_of_rows_are_kept_beside_the_file_and_believed_only_while_it_is_the_same()
    {
        string path = Write("m.csv", "image,query\n" + string.Concat(Enumerable.Range(0, 50).Select(static i => $"{i}.png,q\n")));
        IManifest manifest = Manifest.Open(path, Options);
        string kept = path + ".clipguard-rows";

        CheckShares(manifest);
        Assert.That(kept, Does.Exist);
        string before = await File.ReadAllTextAsync(kept);

        // What is kept is what is used: without a place in it there is only one share that has rows.
        await File.WriteAllTextAsync(kept, before[..before.IndexOf("\"offsets\"", StringComparison.Ordinal)] + "\"offsets\":[],\"linesBefore\":[]}");
        using (ManifestShard first = await ManifestShard.OpenAsync(manifest, new ShardNumber(0, 5)))
        {
            Assert.That(first.ReadRowsAsync().ToBlockingEnumerable().Count(), Is.EqualTo(50));
        }

        // The same length and time, another content.
        DateTime time = File.GetLastWriteTimeUtc(path);
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("7.png,q\n", "7.png,\"\"", StringComparison.Ordinal)[..^4] + "\n");
        File.SetLastWriteTimeUtc(path, time);
        CheckShares(manifest);
        await File.WriteAllTextAsync(kept, "no JSON");
        CheckShares(manifest);
    }

    [Test]
    public async Task Where_the_folder_cannot_be_written_they_are_kept_in_the_cache_or_not_at_all()
    {
        string path = Write("m.csv", "image\na.png\nb.png\nc.png\n");
        Directory.CreateDirectory(path + ".clipguard-rows");

        CheckShares(Manifest.Open(path, Options));

        Assert.That(Directory.GetFiles(_folder).Select(Path.GetFileName), Is.EqualTo(new[] { "m.csv" }), "nothing half is left");
        await Task.CompletedTask;
    }

    [Test]
    public void What_is_read_only_once_has_no_shares()
    {
        string pipe = Path.Combine(_folder, "m.jsonl");
        Assert.That(Libc.Mkfifo(pipe, Convert.ToUInt32("600", 8)), Is.Zero);
        IManifest streamed = new StreamedBlend([(new JsonLinesManifest(pipe, Options), 1)]);

        Assert.That(() => ManifestShard.OpenAsync(new JsonLinesManifest(pipe, Options), new ShardNumber(0, 2)), Throws.InstanceOf<ManifestException>()
            .With.Message.Contains("no regular file"));
        Assert.That(() => ManifestShard.OpenAsync(streamed, new ShardNumber(0, 2)), Throws.InstanceOf<ManifestException>().With.Message.Contains("no shards"));
    }

    [TestCase("0/1", 0, 1)]
    [TestCase("3/16", 3, 16)]
    [TestCase("0012/0100", 12, 100)]
    public void A_shard_is_read_from_text_and_from_the_name_of_its_folder(string text, int index, int count)
    {
        var number = ShardNumber.Parse(text);

        Assert.That(number, Is.EqualTo(new ShardNumber(index, count)));
        Assert.That(ShardNumber.OfFolder(number.FolderName), Is.EqualTo(number));
        Assert.That(new ShardNumber(12345, 20000).FolderName, Is.EqualTo("shard-12345-of-20000"));
    }

    [TestCase("16/16", "counted from 0, so that 16 of them are 0/16 to 15/16")]
    [TestCase("-1/16", "no shard such as 3/16")]
    [TestCase("0/0", "no shard such as 3/16")]
    [TestCase("3", "no shard such as 3/16")]
    [TestCase("1/2/3", "no shard such as 3/16")]
    [TestCase("a/b", "no shard such as 3/16")]
    public void Other_text_is_none(string text, string complaint) =>
        Assert.That(() => ShardNumber.Parse(text), Throws.InstanceOf<FormatException>().With.Message.Contains(complaint));

    [TestCase("shard-0016-of-0016")]
    [TestCase("shard-3-of-16")]
    [TestCase("shard-0001-of-0002.old")]
    [TestCase("other")]
    public void Other_folders_are_none(string name) => Assert.That(ShardNumber.OfFolder(name), Is.Null);

    private static string Row(string clip) => Support.DryRunBench.Row(clip);

    private static void CheckShares(IManifest manifest)
    {
        ManifestRow[] whole = [.. manifest.ReadRowsAsync().ToBlockingEnumerable()];
        foreach (int count in new[] { 1, 2, 3, 7, 40 })
        {
            var rows = new List<ManifestRow>();
            long linesBefore = 0;
            ShardExtent before = default;
            for (int index = 0; index < count; index++)
            {
                using ManifestShard shard = ManifestShard.OpenAsync(manifest, new ShardNumber(index, count)).GetAwaiter().GetResult();
                Assert.That(index == 0 || shard.Extent.From == before.To, Is.True, "no gap");
                before = shard.Extent;
                rows.AddRange(shard.ReadRowsAsync().ToBlockingEnumerable().Select(row => row with { Line = row.Line + linesBefore }));
                linesBefore += shard.LineCount ?? 0;
            }

            Assert.That(rows.Select(Text), Is.EqualTo(whole.Select(Text)), $"{count} shares of {manifest.Kind}");
        }
    }

    private static string Text(ManifestRow row) => row switch
    {
        BadRow bad => bad.ToString(),
        SampleRow sample => $"{sample.Origin} {sample.Line} {sample.Offset} {string.Join(',', sample.Sample.Clips)} {Encoding.UTF8.GetString(sample.Raw.Span)}",
        _ => throw new AssertionException("no such row"),
    };

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>An index that is kept is taken as long as the manifest is the same, and never otherwise.</summary>
[CancelAfter(30_000)]
public sealed class IndexCacheTests
{
    private const string Row = """{"messages":[{"role":"user","content":"hello"}],"image":"/a.png"}""";

    private string _folder = null!;

    private string ManifestFile => Path.Combine(_folder, "m.jsonl");

    // Behind one of the 64 blocks of 16 KiB that are looked at, which are spread evenly, and before the next.
    private int Unsampled => (int)(((new FileInfo(ManifestFile).Length - 16_384) * 43 / 63) + 16_384 + 1000);

    private string Cache => Path.Combine(_folder, "cache");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-index-cache-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_kept_index_gives_the_same_rows_without_reading_the_manifest()
    {
        Write();
        string[] first = await RowsAsync();

        // What the file holds where no sample of its content is taken is not looked at: that is what shows that it was not read.
        Change(keepTime: true, at: Unsampled);
        string[] second = await RowsAsync();

        Assert.That(Directory.GetFiles(Cache, "*.index"), Has.Length.EqualTo(1));
        Assert.That(second.Length, Is.EqualTo(first.Length));
        Assert.That(second[0], Is.EqualTo(first[0]), "the fingerprint that was kept");
        Assert.That((await RowsAsync(verify: true))[0], Is.Not.EqualTo(first[0]), "the fingerprint of the whole content");
    }

    [Test]
    public async Task Another_time_size_sample_or_inode_makes_a_new_index([Values] Difference difference)
    {
        Write();
        string[] first = await RowsAsync();
        switch (difference)
        {
            case Difference.Time:
                Change(keepTime: false, at: Unsampled);
                break;
            case Difference.Size:
                File.AppendAllText(ManifestFile, Row + "\n");
                break;
            case Difference.Sample:
                Change(keepTime: true, at: 100);
                break;
            case Difference.Inode:
                string beside = ManifestFile + ".copy";
                File.Copy(ManifestFile, beside);
                DateTime time = File.GetLastWriteTimeUtc(ManifestFile);
                File.Move(beside, ManifestFile, overwrite: true);
                Change(keepTime: true, at: Unsampled);
                File.SetLastWriteTimeUtc(ManifestFile, time);
                break;
        }

        Assert.That((await RowsAsync())[0], Is.Not.EqualTo(first[0]));
    }

    [Test]
    public async Task A_damaged_index_is_none([Values(0, 60, 500, -1)] int at)
    {
        Write();
        string[] first = await RowsAsync();
        string kept = Directory.GetFiles(Cache, "*.index").Single();
        byte[] content = File.ReadAllBytes(kept);
        content[at < 0 ? content.Length + at : at] ^= 1;
        File.WriteAllBytes(kept, content);

        Assert.That(await RowsAsync(), Is.EqualTo(first));
        Assert.That(File.ReadAllBytes(kept), Is.Not.EqualTo(content), "it was made anew");
    }

    [Test]
    public async Task An_index_that_was_cut_off_is_none([Values(0, 3, 87, 1000)] int length)
    {
        Write();
        string[] first = await RowsAsync();
        string kept = Directory.GetFiles(Cache, "*.index").Single();
        File.WriteAllBytes(kept, File.ReadAllBytes(kept)[..length]);

        Assert.That(await RowsAsync(), Is.EqualTo(first));
    }

    [Test]
    public async Task Lines_of_another_limit_have_an_index_of_their_own()
    {
        Write();
        await RowsAsync();
        await RowsAsync(maxLineBytes: 1000);

        Assert.That(Directory.GetFiles(Cache, "*.index"), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task Small_manifests_leave_nothing_behind()
    {
        File.WriteAllText(ManifestFile, Row);
        using IndexedRows rows = await new JsonLinesManifest(ManifestFile, new ManifestOptions { IndexCacheFolder = Cache }).IndexAsync();

        Assert.That(Directory.Exists(Cache), Is.False);
    }

    [Test]
    public async Task Where_nothing_can_be_kept_the_manifest_is_read()
    {
        Write();
        File.WriteAllText(Cache, "in the way");

        Assert.That(await RowsAsync(), Has.Length.GreaterThan(1000));
    }

    [Test]
    public void Users_caches_lie_where_they_expect_them() =>
        Assert.That(IndexCache.DefaultFolder, Does.EndWith("clipguard/indexes").And.Not.StartWith("clipguard"));

    // Some two million bytes: blank lines, too long ones, and rows of every length, so that an index has all that an index can have.
    private void Write()
    {
        using (StreamWriter file = File.CreateText(ManifestFile))
        {
            WriteRows(file);
        }

        // A time that .NET can set once more: it has no nanoseconds.
        File.SetLastWriteTimeUtc(ManifestFile, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }

    private static void WriteRows(StreamWriter file)
    {
        for (int line = 0; line < 20_000; line++)
        {
            file.Write(Row.Replace("hello", new string('x', line % 97)));
            file.Write((line % 1000) switch
            {
                17 => "\n\n \n",
                18 => $"\n{new string('y', 3000)}\n",
                _ => "\n",
            });
        }
    }

    private void Change(bool keepTime, int at)
    {
        DateTime time = File.GetLastWriteTimeUtc(ManifestFile);
        using (FileStream file = File.OpenWrite(ManifestFile))
        {
            file.Position = at;
            file.Write("~"u8);
        }

        File.SetLastWriteTimeUtc(ManifestFile, keepTime ? time : time.AddSeconds(1));
    }

    // The fingerprint, and each row.
    private async Task<string[]> RowsAsync(bool verify = false, int maxLineBytes = 2000)
    {
        var options = new ManifestOptions { IndexCacheFolder = Cache, IndexCacheMinBytes = 1, VerifyIndex = verify, MaxLineBytes = maxLineBytes };
        using IndexedRows rows = await new JsonLinesManifest(ManifestFile, options).IndexAsync();
        var all = new List<string> { rows.Fingerprint };
        for (long row = 0; row < rows.Count; row++)
        {
            ManifestRow read = rows.Read(row);
            all.Add($"{read.Line} {(read is SampleRow sample ? sample.Offset : 0)} {(read as BadRow)?.Message}");
        }

        return [.. all];
    }

    public enum Difference
    {
        Time,
        Size,
        Sample,
        Inode,
    }
}

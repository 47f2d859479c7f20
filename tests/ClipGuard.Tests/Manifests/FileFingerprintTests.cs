using System.Diagnostics;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>What manifests are known by that are not read as a whole.</summary>
[CancelAfter(30_000)]
internal sealed class FileFingerprintTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-known-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(0)]
    [TestCase(70)]
    [TestCase(50_000)]
    [TestCase(1_048_576)]
    public async Task Any_changed_byte_of_a_file_up_to_a_megabyte_shows(int bytes)
    {
        byte[] content = [.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))];
        string before = await OfAsync(Write("a", content));
        var seen = new HashSet<string> { before };
        foreach (int at in new[] { 0, bytes / 3, bytes / 2, bytes - 1 }.Where(at => at >= 0 && at < bytes).Distinct())
        {
            byte[] changed = [.. content];
            changed[at] ^= 1;
            Assert.That(seen.Add(await OfAsync(Write("a", changed))), $"byte {at}");
        }

        Assert.That(seen.Add(await OfAsync(Write("a", [.. content, 0]))));
    }

    [Test]
    public async Task Of_a_large_file_the_length_and_blocks_from_start_to_end_count()
    {
        byte[] content = new byte[5_000_000];
        string before = await OfAsync(Write("a", content));
        foreach (int at in new[] { 0, 16_383, 4_983_616, 4_999_999 })
        {
            byte[] changed = [.. content];
            changed[at] = 1;
            Assert.That(await OfAsync(Write("a", changed)), Is.Not.EqualTo(before), $"byte {at}");
        }

        // A range of 80,000 bytes cannot lie between two blocks.
        byte[] overwritten = [.. content];
        overwritten.AsSpan(2_345_678, 80_000).Fill(1);
        Assert.That(await OfAsync(Write("a", overwritten)), Is.Not.EqualTo(before));
        Assert.That(await OfAsync(Write("a", content[..^1])), Is.Not.EqualTo(before));
    }

    [Test]
    public async Task A_copy_that_lies_elsewhere_and_is_newer_is_the_same_and_another_order_is_not()
    {
        string first = Write("a", [1, 2, 3]);
        string second = Write("b", [4]);
        string copy = Write("c", [1, 2, 3]);
        File.SetLastWriteTimeUtc(copy, DateTime.UtcNow.AddDays(1));

        Assert.That(await OfAsync(copy, second), Is.EqualTo(await OfAsync(first, second)));
        Assert.That(await OfAsync(second, first), Is.Not.EqualTo(await OfAsync(first, second)));
        Assert.That(await OfAsync(Write("d", [1, 2]), Write("e", [3, 4])), Is.Not.EqualTo(await OfAsync(first, second)));
    }

    // Opening one would wait for a writer, and reading it would take what the loader is to read.
    [Test]
    public async Task A_fifo_is_not_opened()
    {
        string fifo = Path.Combine(_folder, "fifo");
        using (var maker = Process.Start("mkfifo", fifo))
        {
            await maker.WaitForExitAsync();
        }

        Assert.That(await OfAsync(fifo), Is.Not.Empty);
    }

    [Test]
    public void A_file_that_is_not_there_is_said_by_name()
    {
        Assert.That(() => OfAsync("/nowhere/at/all"), Throws.InstanceOf<ManifestException>().With.Message.Contains("/nowhere/at/all"));
    }

    private static Task<string> OfAsync(params string[] paths) =>
        FileFingerprint.OfAsync(paths, new ManifestFiles(new ManifestOptions()), CancellationToken.None);

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}

using ClipGuard.Runs;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns;

[CancelAfter(30_000)]
public sealed class WholeLineFileTests
{
    private string _path = null!;

    [SetUp]
    public void NameFile() => _path = Path.Combine(Path.GetTempPath(), $"clipguard-{Guid.NewGuid():N}.jsonl");

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void Lines_are_gathered_until_flushed()
    {
        using var file = WholeLineFile.Open(_path, 0);
        file.Append("one\n"u8);
        Assert.That(File.ReadAllText(_path), Is.Empty);
        Assert.That(file.Length, Is.EqualTo(4));

        file.Flush();
        Assert.That(File.ReadAllText(_path), Is.EqualTo("one\n"));
    }

    [Test]
    public void Two_rows_are_never_glued_together()
    {
        using (var file = WholeLineFile.Open(_path, 0))
        {
            file.Append("one"u8);
            file.Append([]);
            file.Append("two"u8);
            file.Flush();
        }

        Assert.That(File.ReadAllText(_path), Is.EqualTo("one\ntwo"));
    }

    [Test]
    public void Long_lines_pass_in_order_between_short_ones()
    {
        string longLine = new string('x', 300_000) + "\n";
        using (var file = WholeLineFile.Open(_path, 0))
        {
            file.Append("a\n"u8);
            file.Append(System.Text.Encoding.ASCII.GetBytes(longLine));
            file.Append("b\n"u8);
            Assert.That(file.Length, Is.EqualTo(longLine.Length + 4));
            file.Flush();
        }

        Assert.That(File.ReadAllText(_path), Is.EqualTo($"a\n{longLine}b\n"));
    }

    [Test]
    public void What_lies_behind_the_kept_bytes_is_cut_off()
    {
        File.WriteAllText(_path, "one\ntwo\nha");
        using (var file = WholeLineFile.Open(_path, 4))
        {
            file.Append("three\n"u8);
            file.Flush();
        }

        Assert.That(File.ReadAllText(_path), Is.EqualTo("one\nthree\n"));
    }

    [Test]
    public void A_full_disk_is_told_with_the_files_name()
    {
        using var file = WholeLineFile.Open("/dev/full", 0);
        file.Append("one\n"u8);

        Assert.That(file.Flush, Throws.TypeOf<OutputException>().With.Message.Contains("/dev/full").And.Message.Contains("space"));
    }
}

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Rows that one epoch has read, and the next one has again without going through the file.</summary>
[CancelAfter(10_000)]
internal sealed class InMemoryRowOffsetsTests
{
    private readonly InMemoryRowOffsets _noted = new();
    private string _path = null!;
    private int _opened;

    [SetUp]
    public void Write()
    {
        _path = Path.GetTempFileName();
        _opened = 0;
        Write(25, "a");
    }

    [TearDown]
    public void Delete() => File.Delete(_path);

    [TestCase(10)]
    [TestCase(25)]
    [TestCase(5)]
    [TestCase(1000)]
    public async Task A_second_pass_opens_nothing_and_has_the_same_rows(int most)
    {
        string[] first = await ReadAsync(most);
        Assert.That(first, Is.EqualTo(Enumerable.Range(0, 25).Select(static row => $"{(row * 2) + 1} a{row}.png")));
        Assert.That(await ReadAsync(most), Is.EqualTo(first));
        Assert.That(await ReadAsync(most, skip: 10), Is.EqualTo(first[10..]));

        Assert.That(_opened, Is.EqualTo(most is 10 or 5 ? 1 : 2), "only a piece that begins elsewhere is read");
    }

    [Test]
    public async Task Pieces_of_another_size_are_read_as_ever()
    {
        string[] first = await ReadAsync(10);

        Assert.That(await ReadAsync(7), Is.EqualTo(first));
        Assert.That(await ReadAsync(10), Is.EqualTo(first));
        Assert.That(_opened, Is.EqualTo(2));
    }

    [Test]
    public async Task Of_a_file_that_has_changed_nothing_is_taken_over()
    {
        await ReadAsync(10);
        Write(26, "b");

        Assert.That((await ReadAsync(10))[^1], Is.EqualTo("51 b25.png"));
        Assert.That(_opened, Is.EqualTo(2));
    }

    // A blank line behind each row, so that lines are not rows.
    private void Write(int rows, string name) => File.WriteAllText(
        _path, string.Concat(Enumerable.Range(0, rows).Select(row => $$"""{"query":"q","response":"r","image":"{{name}}{{row}}.png"}""" + "\n\n")));

    private async Task<string[]> ReadAsync(int most, int skip = 0)
    {
        var options = new ManifestOptions { RootImageDirectory = null };
        var read = new List<string>();
        var paths = PathResolver.For(options, "/");
        var reader = new UnparsedLineReader(Open, (_, _) => new RowReaderChoice(() => new JsonRowParser(options, paths)), _path, _noted);
        await using (reader)
        {
            while (skip > 0)
            {
                skip -= (int)await reader.SkipAsync(Math.Min(most, skip), CancellationToken.None);
            }

            UnparsedRows rows;
            do
            {
                rows = await reader.ReadAsync(most, CancellationToken.None);
                read.AddRange(Enumerable.Range(0, rows.Count).Select(rows.Read).Cast<SampleRow>().Select(static row =>
                    $"{row.Line} {row.Sample.Clips[0].AsWritten}"));
            }
            while (rows.Count == most);
        }

        return [.. read];
    }

    private LineReader Open()
    {
        _opened++;
        return LineReader.Open(_path, 1 << 20);
    }
}

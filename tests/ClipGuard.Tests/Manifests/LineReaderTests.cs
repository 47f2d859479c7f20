using System.Text;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Places of lines that are passed over, which are told without looking at what stands in them.</summary>
[CancelAfter(10_000)]
internal sealed class LineReaderTests
{
    private const int MaxLineBytes = 40;

    private string _path = null!;

    [SetUp]
    public void SetUp() => _path = Path.GetTempFileName();

    [TearDown]
    public void Delete() => File.Delete(_path);

    [Test]
    public async Task Places_are_those_of_the_lines_whatever_stands_between_them([Range(0, 19)] int seed)
    {
        var random = new Random(seed);
        string[] kinds =
        [
            "{\"a\":1}\n", "{\"a\":22}\r\n", "\n", "\r\n", "  {\"a\":3}\n", " \t\n", new string('x', MaxLineBytes) + "\n",
            new string('y', MaxLineBytes) + "\r\n",
            new string('z', MaxLineBytes + 1) + "\n", new string('w', 700_000) + "\n",
        ];
        var text = new StringBuilder(seed % 3 == 0 ? "\uFEFF" : string.Empty);
        for (int line = 0; line < 500; line++)
        {
            text.Append(kinds[random.Next(line % 100 == 99 ? kinds.Length : kinds.Length - 1)]);
        }

        await File.WriteAllTextAsync(_path, text + (seed % 2 == 0 ? "{\"last\":1}" : string.Empty));

        List<RowIndexEntry> expected = await ReadAsync(byPlace: false);
        Assert.That(await ReadAsync(byPlace: true), Is.EqualTo(expected));
        Assert.That(_places, Is.GreaterThan(50), "most lines need no look");
        Assert.That(expected.Select(static place => place.Line), Is.EqualTo(Enumerable.Range(1, expected.Count)));
    }

    private int _places;

    private async Task<List<RowIndexEntry>> ReadAsync(bool byPlace)
    {
        var read = new List<RowIndexEntry>();
        using var lines = LineReader.Open(_path, MaxLineBytes);
        do
        {
            while (true)
            {
                if (byPlace && lines.TryReadEntry(out RowIndexEntry place))
                {
                    _places++;
                    read.Add(place);
                }
                else if (lines.TryRead(out TextLine line))
                {
                    read.Add(RowIndexEntry.Of(line));
                }
                else
                {
                    break;
                }
            }
        }
        while (await lines.FillAsync(CancellationToken.None));
        return read;
    }
}

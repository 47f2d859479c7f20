using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class RowIndexTests
{
    [Test]
    public void Every_address_comes_back([Values(0, 1, 63, 64, 65, 5000, 200_000)] int rows)
    {
        RowIndexEntry[] expected = Addresses(rows);
        var index = new RowIndex();
        foreach (RowIndexEntry address in expected)
        {
            index.Add(address);
        }

        Assert.That(Enumerable.Range(0, rows).Select(row => index[row]), Is.EqualTo(expected));
        Assert.That(() => index[rows], Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => index[-1], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Every_address_comes_back_from_bytes_and_more_can_be_added([Values(0, 1, 64, 65, 200_000)] int rows)
    {
        RowIndexEntry[] expected = Addresses(rows + 100);
        var written = new RowIndex();
        foreach (RowIndexEntry address in expected[..rows])
        {
            written.Add(address);
        }

        var read = RowIndex.FromBytes(written.ToBytes().SelectMany(part => part.ToArray()).ToArray());
        foreach (RowIndexEntry address in expected[rows..])
        {
            read.Add(address);
        }

        Assert.That(read.Count, Is.EqualTo(expected.Length));
        Assert.That(Enumerable.Range(0, expected.Length).Select(row => read[row]), Is.EqualTo(expected));
    }

    // Rows that follow one another, rows behind a gap, rows that are bad, and rows that lie anywhere.
    private static RowIndexEntry[] Addresses(int count)
    {
        var random = new Random(20261130);
        var addresses = new RowIndexEntry[count];
        RowIndexEntry last = new(0, 0, 0);
        for (int row = 0; row < count; row++)
        {
            last = random.Next(20) switch
            {
                0 => new RowIndexEntry(random.NextInt64(long.MaxValue / 4), random.Next(), random.Next()),
                1 => new RowIndexEntry(random.NextInt64(long.MaxValue / 4), -random.Next(), 0),
                2 => new RowIndexEntry(long.MaxValue / 4, -int.MaxValue, int.MaxValue - 1),
                3 => new RowIndexEntry(last.Offset + 5, 0, last.Line),
                _ => last.Line < int.MaxValue - 1 ? last.Next(random.Next(1, 100_000)) : new RowIndexEntry(0, 1, 1),
            };
            addresses[row] = last;
        }

        return addresses;
    }
}

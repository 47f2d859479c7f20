using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

public sealed class BlendedManifestTests : IndexableManifestContract
{
    protected override IIndexableManifest Make() => Blend(BlendLength.UntilAllAreUsedUp, (10, 1), (3, 2));

    protected override void Change() => WriteSource(0, 11);

    [Test]
    public void Shares_hold_at_every_row_and_no_row_comes_twice()
    {
        SampleRow[] rows =
        [
            .. Blend(BlendLength.UntilFirstIsUsedUp, (5000, 3), (9000, 1.5), (2000, 1)).ReadRowsAsync().ToBlockingEnumerable().Cast<SampleRow>(),
        ];

        Assert.That(rows, Has.Length.EqualTo((int)(5000 / 3.0 * 5.5)));
        Assert.That(rows.Select(row => (row.Origin, row.Line)), Is.Unique);
        double[] shares = [3 / 5.5, 1.5 / 5.5, 1 / 5.5];
        for (int source = 0; source < 3; source++)
        {
            int taken = 0;
            double furthest = 0;
            for (int row = 0; row < rows.Length; row++)
            {
                taken += rows[row].Origin!.EndsWith($"{source}.jsonl", StringComparison.Ordinal) ? 1 : 0;
                furthest = Math.Max(furthest, Math.Abs(taken - (shares[source] * (row + 1))));
            }

            Assert.That(furthest, Is.LessThan(1.0));
        }
    }

    [Test]
    public void Small_sources_come_again_only_when_they_were_used_up()
    {
        SampleRow[] rows = [.. Blend(BlendLength.UntilAllAreUsedUp, (100, 1), (7, 1)).ReadRowsAsync().ToBlockingEnumerable().Cast<SampleRow>()];
        long[] small = [.. rows.Where(row => row.Origin!.EndsWith("1.jsonl", StringComparison.Ordinal)).Select(row => row.Line)];

        Assert.That(rows, Has.Length.EqualTo(200));
        Assert.That(
            rows.Where(row => row.Origin!.EndsWith("0.jsonl", StringComparison.Ordinal)).Select(row => row.Line).Order(), Is.EqualTo(Enumerable.Range(1, 100)));
        foreach (long[] pass in small.Chunk(7).Where(chunk => chunk.Length == 7))
        {
            Assert.That(pass.Order(), Is.EqualTo(Enumerable.Range(1, 7)));
        }
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_weight_that_is_none_is_refused(double weight)
    {
        Assert.That(() => Blend(BlendLength.UntilFirstIsUsedUp, (1, weight)), Throws.ArgumentException);
    }

    private BlendedManifest Blend(BlendLength length, params (int Rows, double Weight)[] sources) =>
        new(sources.Select((source, i) => ((IIndexableManifest)WriteSource(i, source.Rows), source.Weight)), length, seed: 5);

    private JsonLinesManifest WriteSource(int number, int rows)
    {
        string path = Path.Combine(Folder, $"{number}.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(row => $$"""{"id":{{row}}}"""));
        return new JsonLinesManifest(path, new ManifestOptions { RequireMessages = false, RootImageDirectory = null });
    }
}

using System.Text;

using ClipGuard.Columnar;
using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Columnar;

/// <summary>
/// A file of another writer: <c>duckdb.parquet</c> was written by DuckDB 1.5.6, <c>COPY (SELECT … FROM (VALUES …) t(messages, images, id, score, day,
/// price)) TO 'duckdb.parquet' (FORMAT parquet)</c>, with the values below. It makes every column optional and calls the items of a list <c>element</c>.
/// </summary>
[CancelAfter(10_000)]
public sealed class DuckDbParquetTests
{
    [Test]
    public void Values_are_those_that_were_written()
    {
        string file = Repository.PathOf("tests/ClipGuard.Tests/Columnar/duckdb.parquet");

        ManifestRow[] rows = [.. new ParquetManifest(file, new ManifestOptions { RootImageDirectory = null }).ReadRowsAsync().ToBlockingEnumerable()];

        Sample[] samples = [.. rows.Cast<SampleRow>().Select(row => row.Sample)];
        Assert.That(samples[0].Messages.Select(message => message.Content), Is.EqualTo(new[] { "<image>what?", "é" }));
        Assert.That(samples[0].Clips.Select(clip => (clip.AsWritten, Bytes(clip))), Is.EqualTo(new[] { ("a.png (4 bytes, number 1 of the row)", "89504E47") }));
        Assert.That(Fields(samples[0]), Is.EqualTo("id=1 score=2.5 day=\"2020-02-29\" price=12.34"));
        Assert.That(samples[1].Messages.Select(message => message.Content), Is.EqualTo(new[] { "<image><image>hi" }));
        Assert.That(
            samples[1].Clips.Select(clip => (clip.AsWritten, Bytes(clip))),
            Is.EqualTo(new[] { ("b.png", null), ("0 bytes, number 1 of the row", string.Empty) }));
        Assert.That(Fields(samples[1]), Is.EqualTo("id=null score=\"NaN\" day=null price=-0.05"));
        Assert.That((samples[2].Messages.Count, samples[2].Clips.Count, Fields(samples[2])), Is.EqualTo((0, 0, "id=3 score=null day=null price=null")));
    }

    private static string? Bytes(ClipReference clip) => clip.Source is MemorySource held ? Convert.ToHexString(held.Bytes.Span) : null;

    private static string Fields(Sample sample) => string.Join(' ', sample.Fields.Select(field => $"{field.Name}={Encoding.UTF8.GetString(field.Json.Span)}"));
}

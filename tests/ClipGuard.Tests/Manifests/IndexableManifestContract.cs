using System.Text;
using System.Text.Json;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>What every manifest with an index must do, whatever it reads.</summary>
[CancelAfter(30_000)]
public abstract class IndexableManifestContract
{
    protected string Folder { get; private set; } = null!;

    [SetUp]
    public void MakeFolder() => Folder = Directory.CreateTempSubdirectory("clipguard-index-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes a manifest with at least five rows, one of them bad where the format allows it, and opens it.</summary>
    protected abstract IIndexableManifest Make();

    /// <summary>Changes what <see cref="Make"/> wrote.</summary>
    protected abstract void Change();

    [Test]
    public async Task Rows_by_number_are_the_rows_in_order()
    {
        IIndexableManifest manifest = Make();
        List<ManifestRow> inOrder = manifest.ReadRowsAsync().ToBlockingEnumerable().ToList();

        using IndexedRows rows = await manifest.IndexAsync();

        Assert.That(rows.Count, Is.EqualTo(inOrder.Count).And.AtLeast(5));
        Assert.That(Enumerable.Range(0, inOrder.Count).Reverse().Select(row => Describe(rows.Read(row))).Reverse(), Is.EqualTo(inOrder.Select(Describe)));
    }

    [Test]
    public async Task Rows_that_are_parsed_later_are_the_rows_in_order([Values(1, 2, 3, 1000)] int most)
    {
        IIndexableManifest manifest = Make();
        List<ManifestRow> inOrder = manifest.ReadRowsAsync().ToBlockingEnumerable().ToList();

        await using IUnparsedRowReader reader = UnparsedRowReaderAdapter.Of(manifest);
        var read = new List<(UnparsedRows Rows, int Row)>();
        UnparsedRows rows;
        do
        {
            rows = await reader.ReadAsync(most, CancellationToken.None);
            read.AddRange(Enumerable.Range(0, rows.Count).Select(row => (rows, row)));
        }
        while (rows.Count == most);

        Assert.That(rows.Count, Is.LessThan(most));
        Assert.That(read.Select(part => part.Rows.LineOf(part.Row).Line), Is.EqualTo(inOrder.Select(row => row.Line)));
        Assert.That(read.AsEnumerable().Reverse().Select(part => Describe(part.Rows.Read(part.Row))).Reverse(), Is.EqualTo(inOrder.Select(Describe)));
    }

    [Test]
    public async Task Rows_that_are_passed_over_are_counted([Range(0, 6)] int passed)
    {
        IIndexableManifest manifest = Make();
        List<ManifestRow> inOrder = manifest.ReadRowsAsync().ToBlockingEnumerable().ToList();

        await using IUnparsedRowReader reader = UnparsedRowReaderAdapter.Of(manifest);
        long counted = await reader.SkipAsync(passed, CancellationToken.None);
        UnparsedRows rest = await reader.ReadAsync(1000, CancellationToken.None);

        Assert.That(counted, Is.EqualTo(Math.Min(passed, inOrder.Count)));
        Assert.That(Enumerable.Range(0, rest.Count).Select(row => Describe(rest.Read(row))), Is.EqualTo(inOrder.Skip(passed).Select(Describe)));
        Assert.That(await reader.SkipAsync(1000, CancellationToken.None), Is.Zero);
    }

    [Test]
    public async Task Rows_can_be_read_from_many_threads()
    {
        using IndexedRows rows = await Make().IndexAsync();
        string[] expected = [.. Enumerable.Range(0, (int)rows.Count).Select(row => Describe(rows.Read(row)))];

        int wrong = 0;
        Parallel.For(0, 500, i => _ = Describe(rows.Read(i % rows.Count)) == expected[i % rows.Count] ? 0 : Interlocked.Increment(ref wrong));

        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public async Task Rows_out_of_range_are_a_bug_of_the_caller()
    {
        using IndexedRows rows = await Make().IndexAsync();

        Assert.That(() => rows.Read(-1), Throws.InstanceOf<Exception>().And.Not.InstanceOf<ManifestException>());
        Assert.That(() => rows.Read(rows.Count), Throws.InstanceOf<Exception>().And.Not.InstanceOf<ManifestException>());
    }

    [Test]
    public async Task The_fingerprint_is_the_manifests_own()
    {
        IIndexableManifest manifest = Make();
        using IndexedRows first = await manifest.IndexAsync();
        using IndexedRows again = await manifest.IndexAsync();
        Change();
        using IndexedRows changed = await manifest.IndexAsync();

        Assert.That(again.Fingerprint, Is.EqualTo(first.Fingerprint));
        Assert.That(changed.Fingerprint, Is.Not.EqualTo(first.Fingerprint));
    }

    [Test]
    public async Task What_it_is_known_by_without_being_read_is_its_own_too()
    {
        IIndexableManifest manifest = Make();
        string first = await manifest.FingerprintAsync();
        string again = await manifest.FingerprintAsync();
        Change();

        Assert.That(again, Is.EqualTo(first));
        Assert.That(await manifest.FingerprintAsync(), Is.Not.EqualTo(first));
    }

    [Test]
    public async Task A_cancelled_index_is_not_made()
    {
        IIndexableManifest manifest = Make();

        await Assert.ThatAsync(() => manifest.IndexAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Everything a row says, as one text.</summary>
    protected static string Describe(ManifestRow row) => row switch
    {
        BadRow bad => $"{bad.Line}: {bad.Message}",
        SampleRow sample => string.Join('|', sample.Line, sample.Offset, sample.Origin, Encoding.UTF8.GetString(sample.Raw.Span),
            string.Join(',', sample.Sample.Clips), string.Join(',', sample.Sample.Messages.Select(message => $"{message.Role}:{message.Content}")),
            string.Join(',', sample.Sample.Fields.Select(field => $"{field.Name}={Encoding.UTF8.GetString(field.Json.Span)}")),
            string.Join(',', sample.Sample.Warnings)),
        _ => throw new JsonException(),
    };
}

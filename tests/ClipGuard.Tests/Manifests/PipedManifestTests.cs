using ClipGuard.Manifests;
using ClipGuard.Media.Native;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Manifests that come through a FIFO: read once, as they are written, and never a reason to wait for longer than the caller wants.</summary>
[CancelAfter(30_000)]
public sealed class PipedManifestTests
{
    private const string Row = """{"messages":[{"role":"user","content":"<image>"}],"images":["a.png"]}""";

    private string _folder = null!;
    private string _pipe = null!;

    [SetUp]
    public void MakePipe()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-pipe-").FullName;
        _pipe = Path.Combine(_folder, "rows");
        Assert.That(Libc.Mkfifo(_pipe, 0x180), Is.Zero);
    }

    [TearDown]
    public void DeletePipe() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_row_comes_when_it_is_written_and_the_wait_for_the_next_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<ManifestRow> rows = new JsonLinesManifest(_pipe).ReadRowsAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool> first = rows.MoveNextAsync().AsTask();
        await using (var writer = new FileStream(_pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            await writer.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Row + "\n"));
            Assert.That(await first, Is.True);
            Assert.That(((SampleRow)rows.Current).Sample.Clips, Has.Count.EqualTo(1));

            Task<bool> second = rows.MoveNextAsync().AsTask();
            Assert.That(second.IsCompleted, Is.False);
            await stop.CancelAsync();
            Assert.That(async () => await second, Throws.InstanceOf<OperationCanceledException>());
        }
    }

    [Test]
    public async Task A_json_array_is_read_as_it_is_written()
    {
        Task writing = Task.Run(() => File.WriteAllText(_pipe, $"[{string.Join(",\n", Enumerable.Repeat(Row, 5_000))}]\n"));
        var rows = new List<ManifestRow>();
        await foreach (ManifestRow row in Manifest.Open(_pipe).ReadRowsAsync())
        {
            rows.Add(row);
        }

        await writing;
        Assert.That(rows, Has.Count.EqualTo(5_000).And.All.InstanceOf<SampleRow>());
        Assert.That(rows[^1].Line, Is.EqualTo(5_000));
    }

    [Test]
    public async Task All_rows_come_until_the_writer_closes()
    {
        Task writing = Task.Run(() => File.WriteAllLines(_pipe, Enumerable.Repeat(Row, 5_000)));
        int rows = 0;
        await foreach (ManifestRow row in new JsonLinesManifest(_pipe).ReadRowsAsync())
        {
            rows += row is SampleRow ? 1 : 0;
        }

        await writing;
        Assert.That(rows, Is.EqualTo(5_000));
    }

    [Test]
    public async Task Waiting_for_a_writer_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<ManifestRow> rows = new JsonLinesManifest(_pipe).ReadRowsAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool> first = rows.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());

        // Lets the thread go that was left waiting for a writer.
        await using var writer = new FileStream(_pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    [Test]
    public void There_is_no_index_of_a_pipe() => Assert.That(
        async () => await new JsonLinesManifest(_pipe).IndexAsync(),
        Throws.TypeOf<ManifestException>().With.Message.Contains("can be read only once"));
}

using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision.Fetching;

using NUnit.Framework;

namespace ClipGuard.Tests.ObjectStorage;

/// <summary>A fetcher of somebody's own, by the public interface alone.</summary>
[CancelAfter(30_000)]
internal sealed class CustomFetcherTests
{
    [Test]
    public async Task Its_scheme_is_read_like_any_other(CancellationToken cancellation)
    {
        var options = new FetchOptions { Fetchers = [new NumbersFetcher()], RetryPause = TimeSpan.Zero };
        using var clips = new ClipFetcher(options, TimeSpan.FromSeconds(10));
        ClipFetchResult fetched = await clips.FetchAsync(new RemoteSource(new Uri("numbers://ten/row.jsonl")) { Offset = 2, Length = 4 }, null, cancellation);
        Assert.That(fetched.Bytes?.Bytes.ToArray(), Is.EqualTo(NumbersFetcher.Row[2..6]));

        var rows = Manifest.Open("numbers://ten/row.jsonl", new ManifestOptions { Fetching = options }).ReadRowsAsync(cancellation)
            .ToBlockingEnumerable(cancellation);
        Assert.That(((SampleRow)rows.Single()).Sample.Clips.Single().Source, Is.EqualTo(new RemoteSource(new Uri("numbers://ten/a.png"))));
        Assert.That(
            () => Manifest.Open("numbers://ten/*.jsonl", new ManifestOptions { Fetching = options }),
            Throws.InstanceOf<ManifestException>().With.Message.Contains("addresses of numbers:// cannot be listed"));
    }

    private sealed class NumbersFetcher : IFetcher
    {
        public static readonly byte[] Row = """{"query":"q","response":"r","image":"a.png"}"""u8.ToArray();

        private int _asked;

        public IReadOnlyCollection<string> Schemes => ["numbers"];

        // Every second answer breaks off.
        public Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default)
        {
            int end = (int)Math.Min(Row.Length, request.Offset + (request.Length ?? Row.Length));
            byte[] part = Row[(int)request.Offset..end];
            int sent = ++_asked % 2 == 1 ? part.Length / 2 : part.Length;
            return Task.FromResult(new FetchAnswer(new MemoryStream(part[..sent]))
            {
                Offset = request.Offset,
                Length = part.Length,
                ObjectLength = Row.Length,
                Version = "1",
            });
        }
    }
}

using System.Collections.Concurrent;

using ClipGuard.DryRuns;
using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

using NUnit.Framework;

namespace ClipGuard.Tests.Verdicts;

/// <summary>A verdict store and single objects at addresses, of which only their server can say whether they are still the same.</summary>
[CancelAfter(60_000)]
internal sealed class VerdictStoreObjectTests
{
    private static readonly DateTimeOffset Long = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly BoxFetcher _server = new();
    private string _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-objects-").FullName;
        File.WriteAllLines(Path.Combine(_folder, "m.jsonl"), [Row("good.wav"), Row("cut.wav"), Row("gone.wav")]);
        _server.Put("good.wav", Wave.Ramp(16_000, 100), "\"1\"", null);
        _server.Put("cut.wav", "RIFF"u8.ToArray(), "\"1\"", null);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_second_run_asks_once_for_each_and_decodes_what_has_changed()
    {
        Assert.That(await RunAsync(), Is.EqualTo((0L, 1L)));
        Assert.That(Asked(), Is.EquivalentTo(["good.wav", "cut.wav", "gone.wav"]), "nobody is asked about what the store does not know");
        Assert.That(await RunAsync(), Is.EqualTo((2L, 1L)));
        Assert.That(Asked(), Is.EquivalentTo(["good.wav 0+1", "cut.wav 0+1", "gone.wav"]));

        _server.Put("cut.wav", Wave.Ramp(16_000, 10), "\"2\"", null);
        Assert.That(await RunAsync(), Is.EqualTo((1L, 2L)));
        Assert.That(Asked(), Is.EquivalentTo(["good.wav 0+1", "cut.wav 0+1", "cut.wav", "gone.wav"]));
        Assert.That(await RunAsync(), Is.EqualTo((2L, 2L)));
    }

    [Test]
    public async Task Without_an_ETag_an_object_goes_by_its_size_and_a_time_that_is_not_young()
    {
        _server.Put("good.wav", Wave.Ramp(16_000, 100), null, Long);
        _server.Put("cut.wav", "RIFF"u8.ToArray(), null, DateTimeOffset.UtcNow);
        await RunAsync();

        Assert.That(await RunAsync(), Is.EqualTo((1L, 1L)));
        _server.Put("good.wav", Wave.Ramp(16_000, 100), null, Long.AddSeconds(1));
        Assert.That(await RunAsync(), Is.EqualTo((0L, 1L)));
    }

    [Test]
    public async Task Nothing_is_kept_of_an_object_of_which_its_server_says_nothing()
    {
        _server.Put("good.wav", Wave.Ramp(16_000, 100), null, null);
        await RunAsync();

        Assert.That(await RunAsync(), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public async Task What_changes_between_the_look_and_the_fetch_is_kept_as_what_was_fetched()
    {
        await RunAsync();
        _server.Put("good.wav", Wave.Ramp(16_000, 50), "\"2\"", null);
        _server.AfterNext = () => _server.Put("good.wav", "RIFF"u8.ToArray(), "\"3\"", null);
        Assert.That(await RunAsync(), Is.EqualTo((1L, 0L)));

        _server.Put("good.wav", Wave.Ramp(16_000, 50), "\"2\"", null);
        Assert.That(await RunAsync(), Is.EqualTo((1L, 1L)), "of these bytes nothing is known");
    }

    private static string Row(string clip) => $$"""{"query":"<audio>","response":"x","audios":["box://a/{{clip}}"]}""";

    // How many verdicts the store had, and how many clips are good.
    private async Task<(long FromStore, long Ok)> RunAsync()
    {
        _server.Asked.Clear();
        var fetching = new FetchOptions { Fetchers = [_server], Retries = 0 };
        var options = new DryRunOptions
        {
            OutputFolder = Path.Combine(_folder, "out"),
            Guard = new SupervisorOptions { Isolation = IsolationMode.InProcess, Workers = 1, Fetching = fetching },
            Manifest = new ManifestOptions { RootImageDirectory = null, Fetching = fetching },
            Verdicts = new VerdictStoreOptions { Folder = Path.Combine(_folder, "store") },
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(options.Guard);
        DryRunSummary summary = await new DryRun(new JsonLinesManifest(Path.Combine(_folder, "m.jsonl"), options.Manifest), supervisor, options).RunAsync();
        return (summary.FromStoreCount, summary.OkCount);
    }

    private string[] Asked() => [.. _server.Asked.Select(static request =>
        Path.GetFileName(request.Address.OriginalString) + (request.Length is { } length ? $" {request.Offset}+{length}" : string.Empty))];

    private sealed class BoxFetcher : IFetcher
    {
        private readonly Dictionary<string, (byte[] Bytes, string? Tag, DateTimeOffset? Modified)> _objects = [];

        public IReadOnlyCollection<string> Schemes => ["box"];

        public ConcurrentQueue<FetchRequest> Asked { get; } = new();

        /// <summary>What happens behind the next answer.</summary>
        public Action? AfterNext { get; set; }

        public void Put(string name, byte[] bytes, string? tag, DateTimeOffset? modified) => _objects[name] = (bytes, tag, modified);

        public Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default)
        {
            Asked.Enqueue(request);
            if (!_objects.TryGetValue(Path.GetFileName(request.Address.OriginalString), out (byte[] Bytes, string? Tag, DateTimeOffset? Modified) found))
            {
                return Task.FromResult(new FetchAnswer(new FetchFailure(FetchFailureKind.NotFound, "there is none")));
            }

            AfterNext?.Invoke();
            AfterNext = null;
            byte[] part = found.Bytes[(int)request.Offset..(int)Math.Min(found.Bytes.Length, request.Offset + (request.Length ?? found.Bytes.Length))];
            return Task.FromResult(new FetchAnswer(new MemoryStream(part))
            {
                Offset = request.Offset,
                Length = part.Length,
                ObjectLength = found.Bytes.Length,
                Version = found.Tag,
                Modified = found.Modified,
            });
        }
    }
}

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

using Microsoft.Extensions.DependencyInjection;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Loading;

/// <summary>The loader over the real supervisor and a helper that misbehaves on request.</summary>
[CancelAfter(120_000)]
internal sealed class GuardedLoaderTests
{
    private string _manifest = null!;

    [SetUp]
    public void WriteManifest()
    {
        _manifest = Path.GetTempFileName();
        File.WriteAllLines(
            _manifest, new[] { "ok:16", "ok:8", "hang", "ok:16", "abort", "ok:16", "ok:16" }.Select(name => $$"""{"audio":"/scripts/{{name}}"}"""));
    }

    [TearDown]
    public void DeleteManifest() => File.Delete(_manifest);

    [Test]
    public async Task Clips_that_hang_or_crash_cost_their_place_and_nothing_else()
    {
        var leftovers = new Leftovers();

        // Short enough to wait for the hang twice, long enough for a crash in a helper's first decode.
        SupervisorOptions clocks = MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled) with
        {
            StallLimit = TimeSpan.FromSeconds(2.5),
            Deadline = TimeSpan.FromSeconds(8),
        };
        await using (ClipLoader loader = await ClipLoader.OpenAsync(Manifest(), Options() with { Supervision = clocks }))
        {
            List<SeenBatch> batches = await LoaderRun.ReadAsync(loader);

            Assert.That(batches.SelectMany(batch => batch.Samples).Count(sample => !sample.IsMasked), Is.EqualTo(5));
            Assert.That(batches.SelectMany(batch => batch.Faults).Select(fault => (fault.Line, fault.Kind)), Is.EquivalentTo(
                new (long, FaultKind?)[] { (3, FaultKind.Stalled), (5, FaultKind.Crashed) }));
            Assert.That(batches.SelectMany(batch => batch.Faults).Select(fault => fault.Verdict?.PostMortem.AttemptCount), Is.All.EqualTo(2));
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    [Test]
    public async Task A_loop_left_in_the_middle_of_a_hang_leaves_no_helper()
    {
        var leftovers = new Leftovers();
        await using (ClipLoader loader = await ClipLoader.OpenAsync(Manifest(), Options() with { Shuffle = ShuffleMode.None }))
        {
            await LoaderRun.ReadAsync(loader, 1);
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    [Test]
    public async Task A_loader_that_is_disposed_while_a_loop_begins_ends_that_loop(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled), cancellation: cancellation);
        var clock = new AskedClock();
        ClipLoader loader = await ClipLoader.OpenAsync(
            Manifest(), Options() with { Shuffle = ShuffleMode.Windowed }, supervisor: supervisor, time: clock, cancellation: cancellation);

        // The loop asks for the time when it has begun and before its stages have.
        clock.OnceAsked = () => loader.DisposeAsync().AsTask().Wait(cancellation);
        Assert.That(async () => await LoaderRun.ReadAsync(loader), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task A_loader_comes_out_of_a_service_collection()
    {
        await using ServiceProvider services = new ServiceCollection().AddClipLoader(_ => Manifest(), Options()).BuildServiceProvider();

        IClipLoader loader = await services.GetRequiredService<IClipLoaderFactory>().OpenAsync();
        await using (loader)
        {
            Assert.That(loader.BatchCount, Is.EqualTo(4));
        }
    }

    private JsonLinesManifest Manifest() => new(_manifest, new ManifestOptions { RequireMessages = false });

    private static LoaderOptions Options() => new()
    {
        BatchSize = 2,
        Audio = new AudioSpec(),
        OnBadSample = BadSamplePolicy.Mask,
        Supervision = MisbehavingHelperProgram.Options(IsolationMode.Pooled),
    };

    private sealed class AskedClock : TimeProvider
    {
        private Action? _onceAsked;

        public Action OnceAsked
        {
            set => _onceAsked = value;
        }

        public override long GetTimestamp()
        {
            Interlocked.Exchange(ref _onceAsked, null)?.Invoke();
            return base.GetTimestamp();
        }
    }
}

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Loaders out of a service collection, several of them side by side, bound to configuration; and what stands in for them in a test.</summary>
[CancelAfter(120_000)]
internal sealed class LoaderServicesTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public async Task Two_loaders_stand_side_by_side_each_with_its_part_of_the_configuration()
    {
        string clip = _media.Write("ramp.wav", Wave.Ramp(16_000, 800));
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Train:BatchSize"] = "3",
            ["Train:Shuffle"] = "Full",
            ["Train:Seed"] = "11",
            ["Train:OnBadSample"] = "Mask",
            ["Train:Audio:SampleRateHz"] = "8000",
            ["Train:UnsettledBudget:MaxRate"] = "0.9",
            ["Train:Supervision:Isolation"] = "InProcess",
            ["Train:Supervision:Deadline"] = "00:00:20",
            ["Validate:BatchSize"] = "2",
            ["Validate:Shuffle"] = "None",
            ["Validate:Audio:DurationSeconds"] = "0.025",
            ["Validate:Supervision:Isolation"] = "InProcess",
        }).Build();
        var services = new ServiceCollection();
        foreach (string key in new[] { "Train", "Validate" })
        {
            services.AddOptions<LoaderOptions>(key).Bind(configuration.GetSection(key));
            services.AddClipLoader(key, _ => Manifest(key, clip, rows: 6), options => options with { Collate = static _ => { } });
        }

        await using ServiceProvider provider = services.BuildServiceProvider();
        LoaderOptions bound = provider.GetRequiredService<IOptionsMonitor<LoaderOptions>>().Get("Train");
        nint[] train = await FirstShapeAsync(provider, "Train");
        nint[] validate = await FirstShapeAsync(provider, "Validate");

        Assert.That((bound.Seed, bound.OnBadSample, bound.Shuffle), Is.EqualTo((11, BadSamplePolicy.Mask, ShuffleMode.Full)));
        Assert.That((bound.Supervision.Deadline, bound.UnsettledBudget.MaxRate), Is.EqualTo((TimeSpan.FromSeconds(20), 0.9)));
        Assert.That(train, Is.EqualTo(new nint[] { 3, 1, 400 }));
        Assert.That(validate, Is.EqualTo(new nint[] { 2, 1, 400 }));
        Assert.That(new LoaderOptions().UnsettledBudget.MaxRate, Is.EqualTo(0.5), "what one loader's configuration says is no other's");
        Assert.That(Runs.FailureBudget.ForUnsettled.MaxRate, Is.EqualTo(0.5));
    }

    private static IEnumerable<(string Setting, LoaderOptions Options)> Wrong =>
    [
        ("BatchSize", new LoaderOptions { BatchSize = 0 }),
        ("Shuffle", new LoaderOptions { Shuffle = (ShuffleMode)9 }),
        ("OnBadSample", new LoaderOptions { OnBadSample = (BadSamplePolicy)9 }),
        ("Limits", new LoaderOptions { Limits = null! }),
        ("Audio", new LoaderOptions { Audio = new AudioSpec { SampleRateHz = -1 } }),
        ("Audio", new LoaderOptions { Audio = new AudioSpec { Windows = new AudioWindows(0, 1) } }),
        ("Video", new LoaderOptions { Video = new VideoSpec { Selection = new UniformFrames(0) } }),
        ("Image", new LoaderOptions { Image = new ImageSpec { Size = new ExactSize(0, 1) } }),
        ("Workers", new LoaderOptions { Supervision = new SupervisorOptions { Workers = 0 } }),
        ("Deadline", new LoaderOptions { Supervision = new SupervisorOptions { Deadline = TimeSpan.Zero } }),
    ];

    [Test]
    public void What_is_wrong_is_said_when_the_loader_is_opened_by_the_settings_name([ValueSource(nameof(Wrong))] (string Name, LoaderOptions Options) wrong)
    {
        using LoaderRun run = LoaderRun.Of(1);

        Assert.That(() => run.OpenAsync(wrong.Options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(wrong.Name));
    }

    [Test]
    public void The_arguments_of_torchsharps_loader_become_options()
    {
        var rest = new LoaderOptions { Seed = 5, DropLast = true, Audio = new AudioSpec() };

        LoaderOptions plain = rest.WithDataLoaderArguments(batchSize: 16);
        LoaderOptions all = rest.WithDataLoaderArguments(batchSize: 16, shuffle: true, seed: 7, num_worker: 3, drop_last: true);

        Assert.That((plain.BatchSize, plain.Shuffle, plain.Seed, plain.DropLast), Is.EqualTo((16, ShuffleMode.None, 5, false)));
        Assert.That((all.BatchSize, all.Shuffle, all.Seed, all.DropLast, all.Supervision.Workers), Is.EqualTo((16, ShuffleMode.Full, 7, true, 3)));
        Assert.That((plain.Audio, plain.Supervision), Is.EqualTo((rest.Audio, rest.Supervision)));
    }

    [Test]
    public async Task A_loop_is_tested_without_a_loader()
    {
        await using IClipLoader loader = new TwoBatches();

        float sum = 0;
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                sum += batch["audio"].AsTensorSpan<float>()[0, 0, 0] + batch.Mask.Count(static isReal => isReal) + batch.State.ConsumedCount;
            }
        }

        Assert.That(sum, Is.EqualTo((0.5f + 1 + 1) + (0.5f + 1 + 2)));
    }

    [Test]
    public async Task A_program_is_tested_without_a_supervisor()
    {
        await using ISupervisor supervisor = new OneClip();

        using DecodeOutcome clip = await supervisor.DecodeAsync(new DecodeRequest(new FileSource("/a.wav"), new AudioSpec()));
        using DecodeOutcome fault = await supervisor.SettleAsync(new DecodeRequest(new FileSource("/a.wav"), new AudioSpec()));

        Assert.That((clip.IsClip, clip.Payload.Length, clip.Elapsed), Is.EqualTo((true, 8, TimeSpan.FromSeconds(2))));
        Assert.That((fault.Fault?.Kind, fault.Payload.IsEmpty), Is.EqualTo(((FaultKind?)FaultKind.Stalled, true)));
        Assert.That(() => DecodeOutcome.OfClip(new DecodedClip(ElementType.Float32, [1, 3]), new byte[8]), Throws.ArgumentException);
        clip.Dispose();
        Assert.That(() => clip.Payload.Length, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task A_loader_is_tested_without_a_supervisor()
    {
        await using var supervisor = new OneClip();
        var options = new LoaderOptions
        {
            Audio = new AudioSpec(),
            BatchSize = 2,
            Shuffle = ShuffleMode.None,
            OnBadSample = BadSamplePolicy.Skip,
        };
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest("Given", "/no/such/clip.wav", rows: 4), options, supervisor: supervisor);

        var shapes = new List<nint[]>();
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                shapes.Add(batch["audio"].Shape.ToArray());
            }
        }

        Assert.That(shapes, Is.EqualTo(new nint[][] { [2, 1, 2], [2, 1, 2] }));
        Assert.That(supervisor.IsDisposed, Is.False, "it stays the caller's");
    }

    private static async Task<nint[]> FirstShapeAsync(IServiceProvider provider, string key)
    {
        await using IClipLoader loader = await provider.GetRequiredKeyedService<IClipLoaderFactory>(key).OpenAsync();
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                return batch["audio"].Shape.ToArray();
            }
        }

        return [];
    }

    private JsonLinesManifest Manifest(string name, string clip, int rows) => new(
        _media.Write($"{name}.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($$"""{"audio":"{{clip}}"}""" + "\n", rows)))),
        new ManifestOptions { RequireMessages = false, RootImageDirectory = null });

    private sealed class TwoBatches : IClipLoader
    {
        public int Epoch => 0;

        public long? BatchCount => 2;

        public LoaderState State { get; private set; } = new();

        public EpochReport? LastEpoch => null;

        public void Resume(params IReadOnlyList<LoaderState> states) => State = states[0];

        public Task<string> TakeSnapshotAsync(CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task UseSnapshotAsync(string id, CancellationToken cancellation = default) => throw new NotSupportedException();

        public async IAsyncEnumerator<Batch> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            for (int number = 0; number < 2; number++)
            {
                await Task.Yield();
                State = State with { ConsumedCount = number + 1 };
                var batch = new Batch(number, [new BatchSample { Position = number }, new BatchSample { IsMasked = true }], State);
                batch.Add<float>("audio", 2, 1, 4).AsTensorSpan<float>()[0, 0, 0] = 0.5f;
                yield return batch;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class OneClip : ISupervisor
    {
        public bool IsDisposed { get; private set; }

        public string DecoderVersion => "none";

        public SandboxLevel Sandbox => SandboxLevel.Off;

        public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, CancellationToken cancellation = default) =>
            ValueTask.FromResult(DecodeOutcome.OfClip(new DecodedClip(ElementType.Float32, [1, 2]), new byte[8], TimeSpan.FromSeconds(2)));

        public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation = default) =>
            ValueTask.FromResult(DecodeOutcome.OfFault(new ClipFault(FaultKind.Stalled, DecodeStage.Read, "It hung.", new PostMortem())));

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Torch;

using NUnit.Framework;

using TorchSharp;
using TorchSharp.Modules;

namespace ClipGuard.ProcessTests.Torch;

/// <summary>The examples with TorchSharp as README prints them, compiled and run.</summary>
[CancelAfter(300_000)]
internal sealed class TorchReadmeTests
{
    private readonly List<long> _learned = [];

    [Test]
    public async Task The_example_runs()
    {
        using var clips = new LabelledClips();
        string folder = Directory.CreateTempSubdirectory("clipguard-torch-").FullName;
        string current = Environment.CurrentDirectory;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "data"));
            File.WriteAllLines(
                Path.Combine(folder, "data/train.jsonl"),
                File.ReadLines(clips.WriteAudio(16)).Select(line => line.Insert(1, """ "messages":[{"role":"user","content":"<audio>"}],""")));
            Environment.CurrentDirectory = folder;
            using Sequential model = torch.nn.Sequential(("pool", torch.nn.AdaptiveAvgPool1d(4)), ("head", torch.nn.Linear(4, 2)));
            await TrainAsync(new LoaderOptions { Audio = new AudioSpec() }, model, torch.CPU);
            await TrainWithDataLoaderAsync(new LoaderOptions { Audio = new AudioSpec() }, model, torch.CPU);

            Assert.That(_learned, Is.EqualTo(new long[] { 8, 8, 8, 8, 8, 8, 8, 8 }));
        }
        finally
        {
            Environment.CurrentDirectory = current;
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task TrainAsync(LoaderOptions options, Sequential model, torch.Device device)
    {
        // example: torch
        options = options with { Memory = new TorchBatchMemory() };
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest.Open("data/train.jsonl"), options);
        await foreach (Batch batch in loader)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            TorchBatch tensors = batch.ToTorch(device);
            torch.Tensor output = model.forward(tensors["audio"]);
            Learn(output, tensors.Mask);
        }
        // end
    }

    private async Task TrainWithDataLoaderAsync(LoaderOptions options, Sequential model, torch.Device device)
    {
        // example: dataloader
        using ClipDataLoader loader = await ClipDataLoader.OpenAsync(
            dataset: Manifest.Open("data/train.jsonl"), batchSize: 8, shuffle: true, device: device, num_worker: 4, drop_last: true, options: options);
        foreach (TorchBatch batch in loader)
        {
            Learn(model.forward(batch["audio"]), batch.Mask);
        }
        // end
    }

    private void Learn(torch.Tensor output, torch.Tensor mask) => _learned.AddRange([output.shape[0], mask.shape[0]]);
}

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Torch;

using NUnit.Framework;

using TorchSharp.Modules;

using static TorchSharp.torch;

namespace ClipGuard.ProcessTests.Torch;

/// <summary>The training example: two small networks that learn from clips decoded under guard.</summary>
[CancelAfter(600_000)]
internal sealed class LearningTests
{
    [Test]
    public async Task Tones_are_told_from_noise()
    {
        using var clips = new LabelledClips();
        random.manual_seed(5);
        using Sequential model = nn.Sequential(
            ("conv", nn.Conv1d(1, 8, 32, stride: 8)),
            ("relu", nn.ReLU()),
            ("pool", nn.AdaptiveAvgPool1d(1)),
            ("flat", nn.Flatten()),
            ("head", nn.Linear(8, 2)));

        (double firstLoss, double lastLoss, double accuracy) = await TrainAsync(
            model,
            clips.WriteAudio(96),
            clips.WriteAudio(64, "held-out-audio"),
            new LoaderOptions { Audio = new AudioSpec(), BatchSize = 8, Seed = 3 },
            12,
            batch => batch["audio"]);

        await TestContext.Out.WriteLineAsync($"loss {firstLoss:0.000} to {lastLoss:0.000}, accuracy on clips that were not trained on {accuracy:P1}");
        Assert.That(lastLoss, Is.LessThan(firstLoss / 2));
        Assert.That(accuracy, Is.GreaterThan(0.95));
    }

    [Test]
    public async Task Squares_moving_left_are_told_from_squares_moving_right()
    {
        using var clips = new LabelledClips();
        random.manual_seed(5);
        using Sequential model = nn.Sequential(
            ("conv", nn.Conv3d(1, 16, (2, 3, 3))),
            ("relu", nn.ReLU()),
            ("pool", nn.AdaptiveAvgPool3d(new long[] { 1, 1, 1 })),
            ("flat", nn.Flatten()),
            ("head", nn.Linear(16, 2)));
        var options = new LoaderOptions
        {
            Video = new VideoSpec { Selection = new UniformFrames(8), Size = new ExactSize(16, 16) },
            BatchSize = 8,
            Seed = 3,
        };

        // [batch, frames, height, width, 3] becomes [batch, 1, frames, height, width].
        (double firstLoss, double lastLoss, double accuracy) = await TrainAsync(
            model,
            clips.WriteVideo(96),
            clips.WriteVideo(64, "held-out-video"),
            options,
            25,
            batch => batch["video"].to_type(ScalarType.Float32).div(255).select(4, 0).unsqueeze(1));

        await TestContext.Out.WriteLineAsync($"loss {firstLoss:0.000} to {lastLoss:0.000}, accuracy on clips that were not trained on {accuracy:P1}");
        Assert.That(lastLoss, Is.LessThan(firstLoss / 2));
        Assert.That(accuracy, Is.GreaterThan(0.95));
    }

    private static async Task<(double FirstLoss, double LastLoss, double Accuracy)> TrainAsync(
        Sequential model, string manifest, string heldOut, LoaderOptions options, int epochs, Func<TorchBatch, Tensor> inputOf)
    {
        options = options with { Memory = new TorchBatchMemory(), Collate = AddLabels };
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest.Open(manifest, new ManifestOptions { RequireMessages = false }), options);
        using optim.Optimizer optimizer = optim.Adam(model.parameters(), 0.01);
        using CrossEntropyLoss loss = nn.CrossEntropyLoss();
        var losses = new List<double>();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            double sum = 0;
            int batches = 0;
            await foreach (Batch batch in loader)
            {
                using (NewDisposeScope())
                {
                    TorchBatch tensors = batch.ToTorch();
                    Tensor labels = tensors["labels"];
                    Tensor output = model.forward(inputOf(tensors));
                    Tensor error = loss.forward(output, labels);
                    optimizer.zero_grad();
                    error.backward();
                    optimizer.step();
                    sum += error.item<float>();
                    batches++;
                }
            }

            losses.Add(sum / batches);
        }

        return (losses[0], losses[^1], await AccuracyAsync(model, heldOut, options, inputOf));
    }

    private static async Task<double> AccuracyAsync(Sequential model, string manifest, LoaderOptions options, Func<TorchBatch, Tensor> inputOf)
    {
        await using ClipLoader loader = await ClipLoader.OpenAsync(
            Manifest.Open(manifest, new ManifestOptions { RequireMessages = false }), options with { Shuffle = ShuffleMode.None });
        long correct = 0;
        long all = 0;
        await foreach (Batch batch in loader)
        {
            using (NewDisposeScope())
            using (no_grad())
            {
                TorchBatch tensors = batch.ToTorch();
                correct += model.forward(inputOf(tensors)).argmax(1).eq(tensors["labels"]).logical_and(tensors.Mask).sum().item<long>();
                all += tensors.Mask.sum().item<long>();
            }
        }

        return (double)correct / all;
    }

    private static void AddLabels(Batch batch)
    {
        var labels = batch.Add<long>("labels", batch.Samples.Count).AsTensorSpan<long>();
        for (int i = 0; i < batch.Samples.Count; i++)
        {
            labels[i] = batch.Samples[i].Sample is { } sample && sample.TryGetField("label", out var label) ? label.GetInt64() : 0;
        }
    }
}

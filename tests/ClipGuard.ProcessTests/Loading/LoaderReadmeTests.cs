using System.Text;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Loading;

/// <summary>The loader's examples as README prints them, compiled and run.</summary>
[CancelAfter(120_000)]
internal sealed class LoaderReadmeTests
{
    private readonly List<string> _trained = [];

    [Test]
    public async Task The_examples_run_on_the_sample_dataset_as_they_stand_in_readme()
    {
        string current = Environment.CurrentDirectory;
        string folder = Directory.CreateTempSubdirectory("clipguard-example-").FullName;
        string clips = Repository.SampleClip("good");
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        File.WriteAllLines(Path.Combine(folder, "data/train.jsonl"), Enumerable.Range(0, 20).Select(i => $$"""
            {"messages":[{"role":"user","content":"<audio><video>What is this?"}],"audios":["{{clips}}/tone.wav"],"videos":["{{clips}}/h264.mp4"],"id":{{i}}}
            """));
        try
        {
            Environment.CurrentDirectory = folder;
            await TrainAsync();
            await ResumeAsync();
            await UseServicesAsync(new ServiceCollection(), Settings);
        }
        finally
        {
            Environment.CurrentDirectory = current;
            Directory.Delete(folder, recursive: true);
        }

        Assert.That(_trained, Has.Count.EqualTo(12).And.All.EqualTo("audio,video: 8"));
    }

    [TestCase("README.md", "Loading/LoaderReadmeTests.cs", "train")]
    [TestCase("src/ClipGuard/README.md", "Loading/LoaderReadmeTests.cs", "resume")]
    [TestCase("src/ClipGuard/README.md", "Loading/LoaderReadmeTests.cs", "services")]
    [TestCase("src/ClipGuard/README.md", "Torch/TorchReadmeTests.cs", "dataloader")]
    [TestCase("src/ClipGuard.TorchSharp/README.md", "Torch/TorchReadmeTests.cs", "dataloader")]
    [TestCase("README.md", "Torch/TorchReadmeTests.cs", "torch")]
    [TestCase("src/ClipGuard.TorchSharp/README.md", "Torch/TorchReadmeTests.cs", "torch")]
    public void Readmes_print_the_examples_that_are_compiled(string readme, string file, string name)
    {
        Assert.That(File.ReadAllText(Repository.PathOf(readme)), Does.Contain(ExampleOf(file, name)));
    }

    /// <summary>An example in a file of the tests, as it must stand in a README.</summary>
    private static string ExampleOf(string file, string name)
    {
        string source = File.ReadAllText(Repository.PathOf("tests/ClipGuard.ProcessTests", file));
        string[] lines = source.Split($"// example: {name}\n", 2)[1].Split("// end")[0].TrimEnd().Split('\n');
        return string.Join('\n', lines.Select(line => line.Length > 8 ? line[8..] : line.Trim()));
    }

    private async Task TrainAsync()
    {
        // example: train
        var options = new LoaderOptions
        {
            Audio = new AudioSpec { SampleRateHz = 16_000 },
            Video = new VideoSpec { Selection = new UniformFrames(16), Size = new ExactSize(224, 224) },
            BatchSize = 8,
            Seed = 17,
            RankInfo = RankInfo.FromEnvironment(),
        };
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest.Open("data/train.jsonl"), options);
        for (int epoch = loader.Epoch; epoch < 3; epoch++)
        {
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    Train(batch);
                    await batch.State.SaveAsync("loader.json");
                }
            }
        }
        // end
    }

    private async Task ResumeAsync()
    {
        var options = new LoaderOptions { Seed = 17, Audio = new AudioSpec(), Video = new VideoSpec() };
        // example: resume
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest.Open("data/train.jsonl"), options);
        loader.Resume(await LoaderState.LoadAsync("loader.json"));
        for (int epoch = loader.Epoch; epoch < 3; epoch++)
        {
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    Train(batch);
                    await batch.State.SaveAsync("loader.json");
                }
            }
        }
        // end
    }

    /// <summary>The configuration that README shows beside the example.</summary>
    private static IConfiguration Settings
    {
        get
        {
            string readme = File.ReadAllText(Repository.PathOf("src/ClipGuard/README.md"));
            string json = readme.Split("## With services and configuration")[1].Split("```json\n")[1].Split("```")[0];
            return new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        }
    }

    private async Task UseServicesAsync(IServiceCollection services, IConfiguration configuration)
    {
        // example: services
        services.AddOptions<LoaderOptions>("train").Bind(configuration.GetSection("Train"));
        services.AddClipLoader("train", _ => Manifest.Open("data/train.jsonl"), options => options with { Video = new VideoSpec() });

        await using ServiceProvider provider = services.BuildServiceProvider();
        var loaders = provider.GetRequiredKeyedService<IClipLoaderFactory>("train");
        await using IClipLoader loader = await loaders.OpenAsync();
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                Train(batch);
            }
        }
        // end
    }

    private void Train(Batch batch) => _trained.Add($"{string.Join(',', batch.Tensors.Keys)}: {batch.Samples.Count}");
}

using System.Globalization;

using ClipGuard.Benchmarks;
using ClipGuard.Benchmarks.Decoding;
using ClipGuard.Benchmarks.Fuzzing;
using ClipGuard.Benchmarks.Loading;
using ClipGuard.Benchmarks.Streams;

// Every figure that is compared with another is measured beside it in the same run: machines are shared and noisy, ratios are not.
if (args is ["soak", .. var rest])
{
    return await SoakRun.RunAsync(rest is [var decodes] ? int.Parse(decodes, CultureInfo.InvariantCulture) : 100_000);
}

if (args is ["fuzz", .. var words])
{
    return await FuzzRun.RunAsync(words);
}

if (args is [ManyRowsRun.Name, var manifest])
{
    await ManyRowsRun.RunAsync(manifest);
    return 0;
}

if (args is [ManifestScalingRun.Name, var kind, var rows])
{
    await ManifestScalingRun.RunAsync(kind, rows);
    return 0;
}

var benchmarks = new Dictionary<string, Func<Task>>
{
    ["roundtrip"] = RoundTripBenchmark.RunAsync,
    ["start"] = StartBenchmark.RunAsync,
    ["kill"] = KillBenchmark.RunAsync,
    ["hangs"] = HangingClipsBenchmark.RunAsync,
    ["throughput"] = ThroughputBenchmark.RunAsync,
    ["decode"] = DecoderCpuBenchmark.RunAsync,
    ["loader-audio"] = LoaderBenchmarks.AudioAsync,
    ["loader-short"] = LoaderBenchmarks.ShortAsync,
    ["loader-pictures"] = LoaderBenchmarks.PicturesAsync,
    ["loader-video"] = LoaderBenchmarks.VideoAsync,
    ["loader-far"] = LoaderBenchmarks.FarAsync,
    ["loader-rows"] = ManyRowsBenchmark.RunAsync,
    ["loader-growth"] = ManifestScalingBenchmark.RunAsync,
    ["loader-padding"] = PaddingBenchmark.RunAsync,
    ["compare"] = CompareBenchmark.RunAsync,
};
string[] asked = args.Length == 0 ? [.. benchmarks.Keys] : args;
if (asked.FirstOrDefault(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark called {unknown}. There are: {string.Join(", ", benchmarks.Keys)}; and soak [DECODES], fuzz "
        + $"SAMPLE CASES [SEED].");
    return 2;
}

foreach (string name in asked)
{
    await benchmarks[name]();
}

return 0;

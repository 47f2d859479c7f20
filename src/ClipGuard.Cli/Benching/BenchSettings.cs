using System.Globalization;

using ClipGuard.Cli.Settings;
using ClipGuard.Loading;

namespace ClipGuard.Cli.Benching;

/// <summary>What <c>clipguard bench</c> runs.</summary>
internal static class BenchSettings
{
    private const string Heading = "Bench";

    public static readonly SettingGroup<LoaderOptions> Loader = new(Heading, new LoaderOptions { BatchSize = 8 });

    public static readonly SettingGroup Passes = new(Heading);

    public static readonly SettingGroup Mixing = new(Heading);

    public static readonly SettingGroup Output = new("Output");

    public static readonly Setting<int> Batch = Loader.Value(
        "batch",
        "N",
        $"Samples in a batch, default {Loader.Unset.BatchSize}.",
        SettingTextParser.Count,
        (loader, samples) => loader with { BatchSize = samples });

    public static readonly Setting<int> Seed = Loader.Value(
        "seed", "N", "What the order follows from, default 0.", SettingTextParser.CountOrNone, (loader, seed) => loader with { Seed = seed });

    public static readonly Setting<string> Snapshot = Loader.Value(
        "snapshot",
        "ID",
        "Leave out the rows with clips of this snapshot of the verdict store, which clipguard snapshot has made. Default: none.",
        static text => text,
        (loader, id) => loader with { Snapshot = id });

    public static readonly Setting<int> Epochs = Passes.Value("epochs", "N", "How often the manifest is gone through, default 1.", SettingTextParser.Count);

    public static readonly Setting<IReadOnlyList<double>> Weights = Mixing.Value(
        "weights",
        "NUMBERS",
        "Mix several manifests by these weights, as 2,1. Default: one after the other.",
        ReadWeights);

    public static readonly Setting<bool> Json = Output.Flag("json", "Print one JSON object for each epoch instead of lines for people.");

    public static readonly Setting<bool> Profile = Output.Flag(
        "profile", "Say where the time of the clips went, by kind and codec: a table, or in each JSON object.");

    public static readonly Setting<bool> Checksums = Output.Flag(
        "checksums", "Print a checksum of each batch: equal for equal batches, whatever the workers.");

    private static IReadOnlyList<double> ReadWeights(string text)
    {
        double[] weights = [.. text.Split(',').Select(static weight =>
            double.TryParse(weight, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        return weights.All(static weight => weight > 0 && double.IsFinite(weight)) ? weights
            : throw SettingTextParser.Unlike(text, "positive numbers between commas, one for each manifest, such as 2,1");
    }
}

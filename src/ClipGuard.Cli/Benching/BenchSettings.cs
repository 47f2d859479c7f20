using ClipGuard.Cli.Settings;

namespace ClipGuard.Cli.Benching;

/// <summary>What <c>clipguard bench</c> runs.</summary>
internal static class BenchSettings
{
    public static readonly Setting<int> Batch = new ValueSetting<int>("batch", "N", "Samples in a batch, default 8.", ValueText.Count);

    public static readonly Setting<int> Epochs = new ValueSetting<int>("epochs", "N", "How often the manifest is gone through, default 1.", ValueText.Count);

    public static readonly Setting<int> Seed = new ValueSetting<int>("seed", "N", "What the order follows from, default 0.", ValueText.CountOrNone);

    public static readonly Setting<bool> Json = new FlagSetting("json", "Print one JSON object for each epoch instead of lines for people.");

    public static readonly Setting<bool> Checksums = new FlagSetting("checksums", "Print a checksum of each batch: equal for equal batches, whatever the workers.");

    public static IReadOnlyList<Setting> All { get; } = [Batch, Epochs, Seed, Json, Checksums];
}

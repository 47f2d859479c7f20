using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>The sizes of a dry run's good clips. A clip is found by its kind and its path, or by its name where it is not in a file.</summary>
internal sealed class ClipSizes
{
    // Names are kept as hashes of 128 bits: two of a thousand million clips would share one with a chance of 10^-21.
    private readonly Dictionary<UInt128, double> _sizes = [];

    private ClipSizes()
    {
    }

    /// <summary>A hash of all of them, whatever their order.</summary>
    public string Fingerprint { get; private set; } = string.Empty;

    /// <summary>Reads a <c>clips.jsonl</c>.</summary>
    public static ClipSizes Read(string path, ClipMeasure measure)
    {
        var clips = new ClipSizes();
        UInt128 sum = 0;
        foreach (DecodedClipRecord record in DryRunFiles.ReadClips(path))
        {
            if (SizeOf(record, measure) is { } size && clips._sizes.TryAdd(KeyOf(record.Kind, record.Path, record.Clip), size))
            {
                sum += XxHash128.HashToUInt128(
                    MemoryMarshal.AsBytes(string.Create(CultureInfo.InvariantCulture, $"{record.Kind} {record.Path ?? record.Clip} {size:R}").AsSpan()));
            }
        }

        clips.Fingerprint = sum.ToString("x32", CultureInfo.InvariantCulture);
        return clips;
    }

    /// <summary>All clips of a sample together; null where one is not known.</summary>
    public double? Of(Sample sample)
    {
        double sum = 0;
        foreach (ClipReference clip in sample.Clips)
        {
            if (!_sizes.TryGetValue(KeyOf(clip.Kind, clip.Path, clip.AsWritten), out double size))
            {
                return null;
            }

            sum += size;
        }

        return sum;
    }

    private static UInt128 KeyOf(ClipKind kind, string? path, string name) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes((path ?? name).AsSpan()), (long)kind);

    private static double? SizeOf(DecodedClipRecord clip, ClipMeasure measure) => measure switch
    {
        ClipMeasure.Seconds => clip.Kind == ClipKind.Image ? 0 : clip.DurationSeconds,
        ClipMeasure.Frames => FramesOf(clip),
        _ => clip.Kind == ClipKind.Audio ? 0 : FramesOf(clip) * clip.Width * clip.Height,
    };

    private static double? FramesOf(DecodedClipRecord clip) => clip.Kind switch
    {
        ClipKind.Audio => 0,
        ClipKind.Image => 1,
        _ => clip.FrameCount is { } frames ? frames : clip.DurationSeconds * clip.FrameRateHz,
    };
}

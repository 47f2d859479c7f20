using System.Globalization;

using ClipGuard.DryRuns;
using ClipGuard.Media;

namespace ClipGuard.Cli.Reports;

/// <summary>How long, how large and how fast the clips are that decoded.</summary>
internal sealed class OkClipHistograms
{
    private readonly LogHistogram _audioSeconds = new();
    private readonly LogHistogram _videoSeconds = new();
    private readonly LogHistogram _bytes = new();
    private readonly LogHistogram _pixels = new();
    private readonly NameCounts _frameRates = new("Frame rate", "rates");
    private readonly NameCounts _sampleRates = new("Sample rate", "rates");
    private readonly NameCounts _channels = new("Channels", "numbers");

    /// <summary>Counts a clip.</summary>
    public void Add(DecodedClipRecord clip)
    {
        (clip.Kind == ClipKind.Audio ? _audioSeconds : _videoSeconds).Add(clip.DurationSeconds);
        _bytes.Add(clip.Bytes);
        _pixels.Add((double?)clip.Width * clip.Height);
        if (clip.FrameRateHz is { } rate)
        {
            _frameRates.Add(Math.Round(rate, 2).ToString(CultureInfo.InvariantCulture), ClipFate.Good);
        }

        if (clip.SampleRateHz is { } samples)
        {
            _sampleRates.Add(samples.ToString(CultureInfo.InvariantCulture), ClipFate.Good);
        }

        if (clip.Channels is { } channels)
        {
            _channels.Add(channels.ToString(CultureInfo.InvariantCulture), ClipFate.Good);
        }
    }

    /// <summary>The histograms of what there is.</summary>
    public IReadOnlyList<ReportHistogram> Draw() => new[]
    {
        _audioSeconds.Draw("Length of audio", "clip", Length, Length),
        _videoSeconds.Draw("Length of video", "clip", Length, Length),
        _bytes.Draw("Size of files", "clip", Bytes, Bytes),
        _pixels.Draw("Pixels of a picture", "clip", static pixels => $"{LogHistogram.Short(pixels / 1e6)} MP"),
        _frameRates.DrawGood("Frames a second", "clip"),
        _sampleRates.DrawGood("Samples a second", "clip"),
        _channels.DrawGood("Channels", "clip"),
    }.OfType<ReportHistogram>().ToArray();

    private static string Length(double seconds) => seconds < 120 ? $"{LogHistogram.Short(seconds)} s"
        : seconds < 7200 ? $"{LogHistogram.Short(seconds / 60)} min"
        : $"{LogHistogram.Short(seconds / 3600)} h";

    private static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return $"{LogHistogram.Short(bytes)} {units[unit]}";
    }
}

using System.Globalization;

using ClipGuard.Cli.Screens;
using ClipGuard.Media;

namespace ClipGuard.Cli.Inspecting;

/// <summary>A look at a clip, for a person: a line for the clip, and one or more for each stream.</summary>
internal static class InspectionText
{
    private const int NameWidth = 10;

    public static string Of(string clip, ClipDescription description) =>
        string.Join(Environment.NewLine, Lines(clip, description).Select(line => PrintableText.Line(line.TrimEnd())));

    private static IEnumerable<string> Lines(string clip, ClipDescription description)
    {
        yield return $"{clip}: {Join(description.Format, Seconds(description.DurationSeconds))}";
        foreach (string note in description.Notes ?? [])
        {
            yield return $"{"  note",-NameWidth} {note}";
        }

        foreach (StreamDescription stream in description.Streams)
        {
            string? length = Seconds(stream.DurationSeconds);
            string promised = Join(stream.Codec, Audio(stream), Picture(stream), Colour(stream), Turn(stream), Role(stream, description), Rate(stream), length);
            yield return $"{$"stream {stream.Index}",-NameWidth} {stream.Kind}: {promised}";
            if (Counts(stream) is { Length: > 0 } counts)
            {
                yield return $"{"  found",-NameWidth} {counts}";
            }

            if (stream.Damage is { } damage)
            {
                yield return $"{"  damage",-NameWidth} {(damage == DamageReport.None ? "none" : Wording.Damage(damage))}";
            }

            if (stream.CountError is { } error)
            {
                yield return $"{"  error",-NameWidth} {error}";
            }
        }
    }

    private static string Join(params string?[] parts) => string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));

    private static string? Audio(StreamDescription stream) => stream.SampleRateHz is null
        ? null
        : Join($"{stream.SampleRateHz} Hz", Wording.Count(stream.Channels ?? 0, "channel"), stream.SampleFormat);

    private static string? Picture(StreamDescription stream) => stream.Width is null
        ? null
        : Join($"{stream.Width}×{stream.Height}", stream.PixelAspect is { } aspect ? $"pixels {aspect}" : null, stream.PixelFormat);

    private static string? Colour(StreamDescription stream) => stream.ColorRange is null && stream.ColorMatrix is null
        ? null
        : Join(
            stream.ColorMatrix is { } matrix ? $"colours {matrix}" : null,
            stream.ColorRange switch { null => null, "tv" => "limited range", "pc" => "full range", var other => $"range {other}" });

    private static string? Turn(StreamDescription stream) => Join(
        stream.Mirrored == true ? "mirrored" : null,
        stream.RotationDegrees is > 0 and var degrees ? $"turned by {degrees}° clockwise" : null);

    // Which of several tracks is the main one.
    private static string? Role(StreamDescription stream, ClipDescription description) => Join(
        stream.HasAlpha == true ? "with alpha" : null,
        stream.IsAuxiliary == true ? "goes with another track" : null,
        stream.IsMain == true && description.Streams.Count(other => other.Kind == stream.Kind) > 1 ? "the main track" : null);

    private static string? Rate(StreamDescription stream) => stream.FrameRateHz is { } rate
        ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.###} frames a second")
        : null;

    private static string? Seconds(double? seconds) => seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.###} s") : null;

    private static string? Interlaced(StreamDescription stream) =>
        stream.InterlacedFrameCount is > 0 and var count ? $"{Wording.Number(count)} interlaced" : null;

    private static string? Counts(StreamDescription stream) => stream switch
    {
        { FoundSampleCount: { } samples } => Wording.Count(samples, "sample"),
        { FoundFrameCount: { } found, DeclaredFrameCount: { } promised } =>
            Join($"{Wording.Number(found)} of {Wording.Count(promised, "promised frame")}", Interlaced(stream)),
        { FoundFrameCount: { } found } => Join(Wording.Count(found, "frame"), Interlaced(stream)),
        { DeclaredFrameCount: { } promised } => $"not counted, {Wording.Count(promised, "frame")} promised",
        _ => null,
    };
}

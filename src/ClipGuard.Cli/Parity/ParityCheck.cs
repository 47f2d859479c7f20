using System.Runtime.InteropServices;
using System.Text.Json;

using ClipGuard.Cli.Running;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Parity;

/// <summary>Decodes clips under guard and with the ffmpeg program, whole and as they are, and compares.</summary>
/// <param name="supervisor">What decodes here.</param>
/// <param name="limits">What a clip may ask for.</param>
/// <param name="reference">What it is compared with.</param>
internal sealed class ParityCheck(Supervisor supervisor, DecodeLimits limits, ReferenceProgram reference)
{
    private const int RgbBytes = 3;

    // Pictures of a video that are compared, evenly spread where it has more.
    private const long MostFrameBytes = 256L << 20;
    private const int MostFrames = 1000;

    private static readonly string[] Transparent = ["rgba", "bgra", "argb", "abgr", "ya", "yuva", "gbrap", "pal8"];

    /// <summary>Compares a clip: its main video or its picture, and its main audio.</summary>
    public async Task<IReadOnlyList<ParityResult>> CompareAsync(string clip, CancellationToken cancellation)
    {
        var unknown = new ParityResult(clip, Path.GetExtension(clip).TrimStart('.').ToLowerInvariant(), "?", Kind: null);
        (ClipDescription? look, ParityResult nothing) = await LookAsync(unknown, cancellation).ConfigureAwait(false);
        if (look is null)
        {
            return [nothing];
        }

        List<ParityResult> results = [];
        if (look.Streams.FirstOrDefault(stream => stream.Kind is "image") is { } image)
        {
            results.Add(await ComparePictureAsync(Of(image, ClipKind.Image), image, cancellation).ConfigureAwait(false));
        }
        else if (look.Streams.FirstOrDefault(stream => stream.Kind is "video") is { } video)
        {
            results.Add(await CompareVideoAsync(Of(video, ClipKind.Video), video, cancellation).ConfigureAwait(false));
        }

        if (look.Streams.FirstOrDefault(stream => stream.Kind is "audio") is { } audio)
        {
            results.Add(await CompareAudioAsync(Of(audio, ClipKind.Audio), cancellation).ConfigureAwait(false));
        }

        return results;

        ParityResult Of(StreamDescription stream, ClipKind kind) => new(clip, look.Format.Split(',')[0], stream.Codec, kind) { Notes = look.Notes ?? [] };
    }

    private async Task<(ClipDescription? Look, ParityResult Nothing)> LookAsync(ParityResult result, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await DecodeAsync(result.Clip, new InspectSpec(), cancellation).ConfigureAwait(false);
        if (!outcome.IsClip)
        {
            return (null, await WithoutClipAsync(result, outcome, cancellation).ConfigureAwait(false));
        }

        try
        {
            return (ClipDescription.Read(outcome.Payload), result);
        }
        catch (JsonException error)
        {
            string refusal = $"{FaultKind.ProtocolViolated}: {error.Message}";
            return (null, await RefusedAsync(result with { RefusedHere = refusal }, cancellation).ConfigureAwait(false));
        }
    }

    private async Task<ParityResult> CompareAudioAsync(ParityResult result, CancellationToken cancellation)
    {
        var spec = new AudioSpec { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All };
        using DecodeOutcome outcome = await DecodeAsync(result.Clip, spec, cancellation).ConfigureAwait(false);
        if (!outcome.IsClip)
        {
            return await WithoutClipAsync(result, outcome, cancellation).ConfigureAwait(false);
        }

        var comparison = new AudioComparison(outcome.Clip.Shape[0], outcome.Clip.Shape[1]);
        string? refused = await reference.ReadAudioAsync(
            result.Clip, bytes => comparison.Add(bytes, MemoryMarshal.Cast<byte, float>(outcome.Payload)), cancellation).ConfigureAwait(false);
        return result with
        {
            RefusedThere = comparison.There == 0 ? refused ?? "it gives no samples" : null,
            Here = outcome.Clip.Shape[1],
            There = comparison.There,
            Compared = Math.Min(outcome.Clip.Shape[1], comparison.There),
            ValuesApart = comparison.Apart,
        };
    }

    private async Task<ParityResult> ComparePictureAsync(ParityResult result, StreamDescription stream, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await DecodeAsync(result.Clip, new ImageSpec(), cancellation).ConfigureAwait(false);
        if (!outcome.IsClip)
        {
            return await WithoutClipAsync(result, outcome, cancellation).ConfigureAwait(false);
        }

        var comparison = new FrameComparison(outcome.Clip.Shape[0] * outcome.Clip.Shape[1] * RgbBytes, [0]);
        string? refused = await reference.ReadFramesAsync(
            result.Clip, outcome.Clip.Shape[1], outcome.Clip.Shape[0], HasAlpha(stream), one: true, bytes => comparison.Add(bytes, outcome.Payload),
                cancellation).ConfigureAwait(false);
        return result with
        {
            RefusedThere = comparison.There == 0 ? refused ?? "it gives no picture" : null,
            Here = 1,
            There = comparison.There,
            Compared = comparison.There,
            ValuesApart = comparison.Apart,
        };
    }

    private async Task<ParityResult> CompareVideoAsync(ParityResult result, StreamDescription stream, CancellationToken cancellation)
    {
        long found = stream.FoundFrameCount ?? 0;
        long frameBytes = Math.Max(1, (long)(stream.Width ?? 0) * (stream.Height ?? 0) * RgbBytes);
        int wanted = (int)Math.Clamp(Math.Min(found, MostFrameBytes / frameBytes), 1, MostFrames);
        var spec = new VideoSpec { Selection = new UniformFrames(wanted), Size = new OwnSize() };
        using DecodeOutcome outcome = await DecodeAsync(result.Clip, spec, cancellation).ConfigureAwait(false);
        if (!outcome.IsClip)
        {
            return await WithoutClipAsync(result, outcome, cancellation).ConfigureAwait(false);
        }

        (double[] times, string? refused) = await reference.ReadTimesAsync(result.Clip, cancellation).ConfigureAwait(false);
        if (times.Length == 0)
        {
            return result with { Here = found, RefusedThere = refused ?? "it gives no frames" };
        }

        IReadOnlyList<double> ours = outcome.Clip.FrameTimesSeconds;
        int[] partners = [.. ours.Select((time, i) => Partner(times, time, wanted == found ? i : null))];
        var comparison = new FrameComparison(outcome.Clip.Shape[1] * outcome.Clip.Shape[2] * RgbBytes, partners);
        await reference.ReadFramesAsync(
            result.Clip, outcome.Clip.Shape[2], outcome.Clip.Shape[1], HasAlpha(stream), one: false, bytes => comparison.Add(bytes, outcome.Payload),
                cancellation).ConfigureAwait(false);
        return result with
        {
            Here = found,
            There = times.Length,
            Compared = partners.Length,
            ValuesApart = comparison.Apart,
            SecondsApart = ours.Select((time, i) => double.IsNaN(times[partners[i]]) ? 0 : Math.Abs(time - times[partners[i]])).DefaultIfEmpty(0).Max(),
        };
    }

    // The frame of ffmpeg's that is shown nearest to a time. Where its frames have none they are taken in their order.
    private static int Partner(double[] times, double time, int? number)
    {
        if (number is { } same && same < times.Length && (double.IsNaN(times[same]) || Math.Abs(times[same] - time) <= ParityResult.TimeTolerance))
        {
            return same;
        }

        int nearest = 0;
        for (int i = 1; i < times.Length; i++)
        {
            nearest = Math.Abs(times[i] - time) < Math.Abs(times[nearest] - time) ? i : nearest;
        }

        return nearest;
    }

    private async Task<ParityResult> WithoutClipAsync(ParityResult result, DecodeOutcome outcome, CancellationToken cancellation) =>
        outcome.Unsettled is { } unsettled ? result with { Unsettled = unsettled.Message }
        : await RefusedAsync(result with { RefusedHere = $"{outcome.Fault!.Kind}: {outcome.Fault.Message}" }, cancellation).ConfigureAwait(false);

    // Whether ffmpeg gives anything where ClipGuard gives nothing.
    private async Task<ParityResult> RefusedAsync(ParityResult result, CancellationToken cancellation)
    {
        long bytes = 0;
        void Count(ReadOnlySpan<byte> piece) => bytes += piece.Length;
        if (result.Kind is null or ClipKind.Audio)
        {
            string? refused = await reference.ReadAudioAsync(result.Clip, Count, cancellation).ConfigureAwait(false);
            if (bytes > 0 || result.Kind is ClipKind.Audio)
            {
                return result with { There = bytes / sizeof(float), RefusedThere = bytes > 0 ? null : refused ?? "it gives no samples" };
            }
        }

        (double[] times, string? why) = await reference.ReadTimesAsync(result.Clip, cancellation).ConfigureAwait(false);
        return result with { There = times.Length, RefusedThere = times.Length > 0 ? null : why ?? "it gives no frames" };
    }

    private ValueTask<DecodeOutcome> DecodeAsync(string clip, ClipSpec spec, CancellationToken cancellation) =>
        DecodeAndSettle.RunAsync(supervisor, new DecodeRequest(new FileSource(clip), spec) { Limits = limits }, onUnsettled: null, cancellation);

    private static bool HasAlpha(StreamDescription stream) =>
        stream.PixelFormat is { } format && Transparent.Any(start => format.StartsWith(start, StringComparison.Ordinal));
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

using ClipGuard.Cli.Screens;
using ClipGuard.DryRuns;
using ClipGuard.Export;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Reports;

/// <summary>
/// Looks at bad clips once more, each under guard: what they say that they are, where their damage lies, and what is left of the worst. Clips that hung or
/// crashed are not touched again.
/// </summary>
/// <param name="supervisor">Guards the decodes.</param>
/// <param name="workers">Clips that are looked at at a time.</param>
internal sealed class BadClipInspector(Supervisor supervisor, int workers)
{
    /// <summary>Bad clips that are looked at; pictures are made of fewer.</summary>
    public const int Most = 200;

    private const int FrameWidth = 160;
    private const int FrameHeight = 120;
    private const int ImageSide = 240;
    private const int WaveRateHz = 8_000;
    private const double WaveSeconds = 1_200;
    private const int WaveColumns = 220;

    // What is shown is what is left, however much is missing.
    private static readonly DecodeLimits Tolerant = new() { MaxDamagedFrames = int.MaxValue, MaxDamagedAudioShare = 1, MaxPayloadBytes = 256 << 20 };

    /// <summary>How much time a look may take: less than a run gives, since it is not needed.</summary>
    public static SupervisorOptions Hurry(SupervisorOptions guard) => guard with
    {
        Deadline = Shorter(guard.Deadline, TimeSpan.FromSeconds(10)),
        StallLimit = Shorter(guard.StallLimit, TimeSpan.FromSeconds(5)),
        Isolation = guard.Isolation == IsolationMode.InProcess ? IsolationMode.Pooled : guard.Isolation,
        Spares = 0,
    };

    /// <summary>Whether a look at a bad clip is worth while and does no harm.</summary>
    public static bool IsWorthwhile(ClipFaultRecord fault) => fault.Path is { } path
        && fault.Fault is nameof(FaultKind.Corrupt) or nameof(FaultKind.LimitExceeded) or nameof(FaultKind.Unsupported)
        && File.Exists(path);

    /// <summary>Looks at clips.</summary>
    /// <param name="faults">Their records.</param>
    /// <param name="pictures">Of how many of them what is left is shown.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What was found, the most damaged first.</returns>
    public async Task<IReadOnlyList<BadClipInspection>> LookAsync(IEnumerable<ClipFaultRecord> faults, int pictures, CancellationToken cancellation)
    {
        var looks = new ConcurrentBag<BadClipInspection>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        await Parallel.ForEachAsync(faults, parallel, async (fault, stop) =>
        {
            if (await LookAsync(fault, stop).ConfigureAwait(false) is { } look)
            {
                looks.Add(look);
            }
        }).ConfigureAwait(false);

        BadClipInspection[] ordered = [.. looks.OrderByDescending(static look => look.DamagedShare).ThenBy(static look => look.Fault.Line)];
        int[] shown = [.. Enumerable.Range(0, ordered.Length).Where(index => IsShown(ordered[index])).Take(pictures)];
        await Parallel.ForEachAsync(shown, parallel, async (index, stop) =>
            ordered[index] = ordered[index] with { Picture = await ShowAsync(ordered[index], stop).ConfigureAwait(false) }).ConfigureAwait(false);
        return ordered;
    }

    private static bool IsShown(BadClipInspection look) => look is { Fault.Fault: nameof(FaultKind.Corrupt), Stream: not null };

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<BadClipInspection?> LookAsync(ClipFaultRecord fault, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await DecodeAsync(fault, new InspectSpec(), cancellation).ConfigureAwait(false);
        try
        {
            if (!outcome.IsClip)
            {
                return null;
            }

            var description = ClipDescription.Read(outcome.Payload);
            StreamDescription[] fitting = [.. description.Streams.Where(stream => stream.Kind == KindOf(fault.Kind, stream))];
            StreamDescription? stream = fitting.FirstOrDefault(static one => one.IsMain == true) ?? fitting.FirstOrDefault();
            return new BadClipInspection(fault, description.Format, stream, stream?.DurationSeconds ?? description.DurationSeconds);
        }
        catch (JsonException)
        {
            // The helper has been taken over, or has a bug: it told nothing.
            return null;
        }
    }

    // A single picture in a video's container is a video to FFmpeg.
    private static string KindOf(ClipKind kind, StreamDescription stream) => kind switch
    {
        ClipKind.Audio => "audio",
        ClipKind.Video => "video",
        _ => stream.Kind is "image" or "video" ? stream.Kind : "image",
    };

    private ValueTask<DecodeOutcome> DecodeAsync(ClipFaultRecord fault, ClipSpec spec, CancellationToken cancellation) =>
        supervisor.DecodeAsync(new DecodeRequest(new FileSource(fault.Path!), spec) { Limits = Tolerant }, cancellation);

    private async Task<ReportPicture?> ShowAsync(BadClipInspection look, CancellationToken cancellation)
    {
        foreach (ClipSpec spec in Specs(look))
        {
            using DecodeOutcome outcome = await DecodeAsync(look.Fault, spec, cancellation).ConfigureAwait(false);
            if (outcome.IsClip && outcome.Payload.Length > 0)
            {
                return spec is AudioSpec ? Wave(look, outcome.Payload) : Picture(look, outcome.Clip, outcome.Payload);
            }
        }

        return null;
    }

    // Around the first damage, where it is known and that can be decoded; otherwise spread over the whole.
    private static IEnumerable<ClipSpec> Specs(BadClipInspection look)
    {
        StreamDescription stream = look.Stream!;
        if (look.Fault.Kind == ClipKind.Audio)
        {
            yield return new AudioSpec { SampleRateHz = WaveRateHz, DurationSeconds = WaveSeconds };
            yield break;
        }

        if (look.Fault.Kind == ClipKind.Image)
        {
            yield return new ImageSpec { Size = Fitting(stream, ImageSide, ImageSide) };
            yield break;
        }

        ExactSize size = Fitting(stream, FrameWidth, FrameHeight);
        if (stream.Damage?.FirstAt is { } first && look.DurationSeconds is { } length)
        {
            double step = Math.Clamp(length / 20, 0.04, 1);
            double[] times = [.. new[] { -1, 0, 1, 2 }.Select(number => Math.Clamp(first.TotalSeconds + (number * step), 0, length))];
            yield return new VideoSpec { Size = size, Selection = new TimeFrames(times) };
        }

        yield return new VideoSpec { Size = size, Selection = new UniformFrames(4) };
    }

    private static ExactSize Fitting(StreamDescription stream, int mostWidth, int mostHeight)
    {
        (double width, double height) = (stream.Width ?? mostWidth, stream.Height ?? mostHeight);
        (width, height) = stream.RotationDegrees is 90 or 270 ? (height, width) : (width, height);
        double scale = Math.Min(1, Math.Min(mostWidth / width, mostHeight / height));
        return new ExactSize(Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)));
    }

    private static ReportPicture Picture(BadClipInspection look, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        string path = Path.Combine(Path.GetTempPath(), $"clipguard-report-{Guid.NewGuid():N}.png");
        try
        {
            ClipFile.Write(path, clip, payload);
            string alt = clip.FrameTimesSeconds.Count == 0 ? "The picture as it decodes."
                : $"Frames at {string.Join(", ", clip.FrameTimesSeconds.Select(static time => time.ToString("0.##", CultureInfo.InvariantCulture)))} s.";
            return Titled(look, alt) with { Image = File.ReadAllBytes(path) };
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ReportPicture Wave(BadClipInspection look, ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<float> samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(payload);
        float loudest = 1e-6f;
        foreach (float sample in samples)
        {
            loudest = Math.Max(loudest, Math.Abs(sample));
        }

        int[] wave = new int[2 * WaveColumns];
        for (int column = 0; column < WaveColumns; column++)
        {
            int from = (int)((long)samples.Length * column / WaveColumns);
            int to = Math.Max(from + 1, (int)((long)samples.Length * (column + 1) / WaveColumns));
            float least = 0;
            float most = 0;
            foreach (float sample in samples[from..Math.Min(to, samples.Length)])
            {
                least = Math.Min(least, sample);
                most = Math.Max(most, sample);
            }

            wave[2 * column] = (int)(least / loudest * 100);
            wave[(2 * column) + 1] = (int)(most / loudest * 100);
        }

        double shown = (double)samples.Length / WaveRateHz;
        double? mark = look.Stream?.Damage?.FirstAt is { } first && first.TotalSeconds < shown ? first.TotalSeconds / shown : null;
        string alt = mark is null ? "Waveform." : $"Waveform; the damage begins at {Wording.Seconds(look.Stream!.Damage!.FirstAt!.Value)}.";
        return Titled(look, alt) with { Wave = wave, Mark = mark };
    }

    private static ReportPicture Titled(BadClipInspection look, string alt) => new(look.Fault.Clip, $"line {look.Fault.Line}: {look.Fault.Message}", alt);
}

using System.Globalization;
using System.Text.RegularExpressions;

using ClipGuard.Media.Streams;

namespace ClipGuard.Streams;

/// <summary>What the placeholders in a tool's arguments stand for.</summary>
internal static partial class Placeholders
{
    /// <summary>The placeholder for the file that a tool may write.</summary>
    public const string Output = "output";

    private static readonly string[] Figures = ["width", "height", "pixfmt", "subsampling", "bitdepth", "rate", "samplerate", "channels"];

    /// <summary>Finds a placeholder that stands for nothing, and a stream that the command line never names.</summary>
    /// <exception cref="FormatException">There is one.</exception>
    public static void Check(ToolRunSpec run)
    {
        HashSet<string> used = [.. run.Tool.Arguments.SelectMany(argument => Pattern().Matches(argument))
            .Where(match => match.Groups[1].Success).Select(match => match.Groups[1].Value)];
        foreach (ClipStream stream in run.Streams)
        {
            if (!used.Contains(stream.Name))
            {
                throw new FormatException($"The command line never names {{{stream.Name}}}: {run.Tool}");
            }
        }

        IEnumerable<string> ofStreams = run.Streams.SelectMany(stream => Figures.Select(figure => $"{stream.Name}.{figure}").Prepend(stream.Name));
        HashSet<string> known = [Output, .. Figures, .. ofStreams];
        if (used.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            IEnumerable<string> shown = known.Where(name => !name.Contains('.')).Select(name => $"{{{name}}}");
            throw new FormatException($"{{{unknown}}} stands for nothing; known are {string.Join(", ", shown)}.");
        }
    }

    /// <summary>An argument with its placeholders filled in.</summary>
    /// <param name="argument">As it was given.</param>
    /// <param name="paths">Path of each stream, and of <see cref="Output"/>.</param>
    /// <param name="formats">Name and format of each stream, the first one first.</param>
    public static string Fill(string argument, IReadOnlyDictionary<string, string> paths, IReadOnlyList<(string Name, StreamFormat Format)> formats) =>
        Pattern().Replace(argument, match =>
        {
            string name = match.Groups[1].Value;
            if (name.Length == 0)
            {
                return match.Value[..1];
            }

            if (paths.TryGetValue(name, out string? path))
            {
                return path;
            }

            int dot = name.IndexOf('.', StringComparison.Ordinal);
            StreamFormat format = dot < 0 ? formats[0].Format : formats.First(stream => stream.Name == name[..dot]).Format;
            return Figure(name[(dot + 1)..], format);
        });

    private static string Figure(string figure, StreamFormat format) => (format, figure) switch
    {
        (VideoFormat video, "width") => Number(video.Shape.Width),
        (VideoFormat video, "height") => Number(video.Shape.Height),
        (VideoFormat video, "pixfmt") => video.Shape.PixelFormat,
        (VideoFormat video, "subsampling") => video.Shape.Subsampling,
        (VideoFormat video, "bitdepth") => Number(video.Shape.BitDepth),
        (VideoFormat video, "rate") => $"{video.Shape.Rate.Numerator}/{video.Shape.Rate.Denominator}",
        (AudioFormat audio, "samplerate") => Number(audio.Shape.SampleRateHz),
        (AudioFormat audio, "channels") => Number(audio.Shape.Channels),
        (AudioFormat audio, "bitdepth") => audio.Sample == AudioSampleType.Signed16 ? "16" : "32",
        _ => throw new FormatException($"{{{figure}}} is no figure of {(format is VideoFormat ? "a video" : "an audio")} stream."),
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{\{|\}\}|\{([a-z][A-Za-z0-9.-]*)\}")]
    private static partial Regex Pattern();
}

using System.Globalization;
using System.Text.Json;

using ClipGuard.Loading;

namespace ClipGuard.Cli.Benching;

/// <summary>Where the time of an epoch's clips went, for people and for programs.</summary>
internal static class CodecTimingsTable
{
    /// <summary>What a clip's time is made up of: as a table's head and a JSON member name it.</summary>
    public static readonly (string Head, string Name, Func<CodecTimings, TimeSpan> Of)[] Parts =
    [
        ("bytes", "waitForBytesSeconds", static clips => clips.WaitedForBytes),
        ("open", "openSeconds", static clips => clips.Opened),
        ("decode", "decodeSeconds", static clips => clips.Decoded),
        ("convert", "convertSeconds", static clips => clips.Converted),
        ("hand over", "handOverSeconds", static clips => clips.HandedOver),
        ("copy", "copySeconds", static clips => clips.Copied),
        ("queue", "queueSeconds", static clips => clips.Queued),
    ];

    /// <summary>Writes a table: milliseconds of a clip in each part, and its share of all but the queue.</summary>
    public static void Write(TextWriter output, EpochReport epoch)
    {
        output.WriteLine("  ms a clip   clips  " + string.Concat(Parts.Select(static part => part.Head.PadLeft(15))));
        foreach (CodecTimings clips in epoch.Profile)
        {
            string name = NameOf(clips);
            double busy = Parts[..^1].Sum(part => part.Of(clips).TotalMilliseconds);
            string figures = string.Concat(Parts.Select((part, number) => Figure(part.Of(clips), clips.ClipCount, number < Parts.Length - 1 ? busy : 0)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-12}{clips.ClipCount,6}  {figures}"));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  complete batches waited {epoch.WaitedForConsumer.TotalSeconds:0.00} s for the consumer in all"));
    }

    /// <summary>Writes seconds of all clips in each part as a member of an object.</summary>
    public static void Write(Utf8JsonWriter json, EpochReport epoch)
    {
        json.WriteNumber("waitForConsumerSeconds", epoch.WaitedForConsumer.TotalSeconds);
        json.WriteStartArray("profile");
        foreach (CodecTimings clips in epoch.Profile)
        {
            json.WriteStartObject();
            json.WriteString("kind", clips.Kind.ToString().ToLowerInvariant());
            json.WriteString("codec", clips.Codec);
            json.WriteNumber("clips", clips.ClipCount);
            foreach ((_, string name, Func<CodecTimings, TimeSpan> of) in Parts)
            {
                json.WriteNumber(name, of(clips).TotalSeconds);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Kind and codec.</summary>
    public static string NameOf(CodecTimings clips) => $"{clips.Kind.ToString().ToLowerInvariant()} {clips.Codec}".TrimEnd();

    private static string Figure(TimeSpan time, long clips, double busyMilliseconds)
    {
        string figure = string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds / clips:0.00}");
        string share = busyMilliseconds > 0
            ? string.Create(CultureInfo.InvariantCulture, $" {100 * time.TotalMilliseconds / busyMilliseconds,3:0} %") : string.Empty;
        return (figure + share).PadLeft(15);
    }
}

using System.Globalization;
using System.Text.Json;

using ClipGuard.DryRuns;

namespace ClipGuard.TestSupport;

/// <summary>What a dry run of any number of clips would have left, made up: ten bad clips, one unsettled, and good ones whose length is their number.</summary>
internal static class SyntheticRun
{
    /// <summary>Bad clips.</summary>
    public const int Bad = 10;

    /// <summary>Writes the files of a run.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="rows">Clips, bad ones included.</param>
    /// <param name="name">Of the first bad clip.</param>
    public static DryRunSummary Write(string folder, int rows, string name)
    {
        using (var faults = new StreamWriter(DryRunFiles.Faults(folder)))
        {
            for (int i = 0; i < Bad; i++)
            {
                faults.WriteLine(JsonSerializer.Serialize(new
                {
                    line = i + 1,
                    clip = i == 0 ? $"bad/{name}" : $"bad/film-{i}.mp4",
                    path = (string?)null,
                    kind = "video",
                    fault = "Corrupt",
                    stage = "decode",
                    message = "48.0 % of it is damaged.",
                    elapsedSeconds = 0.25,
                    log = Array.Empty<string>(),
                }));
            }
        }

        File.WriteAllText(
            DryRunFiles.Unsettled(folder),
            """{"line":11,"index":0,"clip":"odd.wav","path":null,"kind":"audio","cause":"storage","stage":"read","message":"No answer.","time":{}}""" + "\n");
        using (var clips = new StreamWriter(DryRunFiles.Clips(folder)))
        {
            for (int i = Bad; i < rows; i++)
            {
                clips.WriteLine(JsonSerializer.Serialize(new
                {
                    line = i + 2,
                    index = 0,
                    clip = string.Create(CultureInfo.InvariantCulture, $"speaker-{i / 1000:0000}/utterance-{i:0000000}.flac"),
                    path = (string?)null,
                    kind = "audio",
                    codec = "flac",
                    container = "flac",
                    bytes = (i * 7919L % 900_000) + 1000,
                    durationSeconds = i,
                    sampleRateHz = i % 3 == 0 ? 16000 : 44100,
                    channels = (i % 5) + 1,
                    elapsedSeconds = i * 31L % 1000 / 10000.0,
                }));
            }
        }

        File.WriteAllText(
            DryRunFiles.Summary(folder),
            $$"""
            {"cancelled":false,"manifest":"/data/train.jsonl","samples":{{rows + 1}},"cleanSamples":{{rows - Bad}},"samplesWithWarnings":0,"clips":{{rows}},
            "ok":{{rows - Bad}},"unsettled":1,"faults":{"Corrupt":{{Bad}},"Stalled":0},"resumedAfterRows":0,"elapsedSeconds":12.5,"clipsPerSecond":800,
            "slowest":[{"line":1,"clip":"bad/film-1.mp4","seconds":0.25}],"cleanHasRelativePaths":true,
            "versions":{"clipGuard":"0.1.0","decoder":"FFmpeg 5.1.9","decoderFiles":[]},
            "settings":{"guard":{},"sandboxInForce":"standard","manifest":{},"audio":{},"video":{},"image":{},"limits":{},"limit":null,
            "clipsPerSample":null,"cleanManifest":null} }
            """);
        return DryRunFiles.ReadSummary(DryRunFiles.Summary(folder));
    }
}

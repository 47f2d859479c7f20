using System.Globalization;
using System.Text.Json;

using ClipGuard.Cli.Reports;
using ClipGuard.Cli.Screens;
using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Benching;

/// <summary>Prints what a bench came to, for people or for programs.</summary>
internal sealed class BenchOutput(TextWriter output, bool asJson, bool withProfile = false)
{
    /// <summary>True once an epoch had a clip with a fault or a row that is no sample.</summary>
    public bool FaultsFound { get; private set; }

    /// <summary>Says to people what is run.</summary>
    public void Begin(IManifest manifest)
    {
        if (!asJson)
        {
            output.WriteLine($"Bench of {PrintableText.Line(manifest.Name)} ({manifest.Kind})");
        }
    }

    /// <summary>Prints one epoch.</summary>
    public void Report(BenchReport report)
    {
        FaultsFound |= report.Epoch.BadRowCount > 0 || report.Epoch.Faults.Values.Any(static count => count > 0);
        if (asJson)
        {
            output.WriteLine(ToJson(report, withProfile));
            return;
        }

        EpochReport epoch = report.Epoch;
        Say($"epoch {epoch.Epoch}: {epoch.SampleCount} samples in {epoch.BatchCount} batches, {epoch.Elapsed.TotalSeconds:0.00} s");
        double first = report.FirstBatch?.TotalSeconds ?? 0;
        Say($"  {report.SamplesPerSecond:0.0} samples/s, {report.MegabytesPerSecond:0.0} MB/s decoded, first batch after {first:0.00} s");
        Say($"  held up by {HeldUpBy(epoch.Bottleneck)}: waited {epoch.Waited.TotalSeconds:0.00} s, {Times(epoch)}");
        string faults = string.Concat(epoch.Faults.OrderBy(static fault => fault.Key).Select(static fault => $", {fault.Value} {fault.Key}"));
        Say($"  {epoch.ClipCount} clips ok{faults}, {epoch.BadRowCount} rows bad, {epoch.SubstituteCount} substitutes, {epoch.MaskedCount} masked");
        if (epoch.ReadAhead is { ClipCount: > 0 and var clips } ahead)
        {
            Say($"  read ahead {clips} clips, {ahead.Bytes / 1e6:0.0} MB, decodes waited {ahead.Waited.TotalSeconds:0.00} s for them, {Unused(ahead)}");
        }

        if (withProfile)
        {
            CodecTimingsTable.Write(output, epoch);
        }
    }

    /// <summary>Prints the checksum of one batch.</summary>
    public void Checksum(BatchChecksum checksum) => output.WriteLine(asJson
        ? $$"""{"epoch":{{checksum.Epoch}},"batch":{{checksum.Batch}},"sha256":"{{checksum.Sha256}}"}"""
        : $"epoch {checksum.Epoch} batch {checksum.Batch} {checksum.Sha256}");

    /// <summary>What held an epoch up, in words.</summary>
    public static string HeldUpBy(Bottleneck bottleneck) => bottleneck switch
    {
        Bottleneck.Consumer => "the consumer",
        Bottleneck.Decoding => "decoding",
        _ => "storage",
    };

    /// <summary>Says to people where a report is.</summary>
    public void Wrote(string report)
    {
        if (!asJson)
        {
            output.WriteLine(ReportCommand.Told(report));
        }
    }

    private static string Unused(ReadAheadReport ahead) =>
        string.Create(CultureInfo.InvariantCulture, $"{ahead.UnusedBytes / 1e6:0.0} MB in vain, {ahead.StuckCount} reads stuck");

    private static FormattableString Times(EpochReport epoch) =>
        $"decodes took {epoch.DecodeTime.TotalSeconds:0.00} s in all, processors {epoch.ProcessorUse:P0} busy";

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static string ToJson(BenchReport report, bool withProfile)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            EpochReport epoch = report.Epoch;
            json.WriteStartObject();
            json.WriteNumber("epoch", epoch.Epoch);
            json.WriteNumber("batches", epoch.BatchCount);
            json.WriteNumber("samples", epoch.SampleCount);
            json.WriteNumber("elapsedSeconds", epoch.Elapsed.TotalSeconds);
            json.WriteNumber("samplesPerSecond", report.SamplesPerSecond);
            json.WriteNumber("megabytesPerSecond", report.MegabytesPerSecond);
            json.WriteNumber("firstBatchSeconds", report.FirstBatch?.TotalSeconds ?? 0);
            json.WriteNumber("waitedSeconds", epoch.Waited.TotalSeconds);
            json.WriteNumber("decodeSeconds", epoch.DecodeTime.TotalSeconds);
            json.WriteString("bottleneck", epoch.Bottleneck.ToString());
            json.WriteNumber("clips", epoch.ClipCount);
            json.WriteNumber("badRows", epoch.BadRowCount);
            json.WriteNumber("substitutes", epoch.SubstituteCount);
            json.WriteNumber("masked", epoch.MaskedCount);
            json.WriteStartObject("faults");
            foreach ((Media.FaultKind kind, long count) in epoch.Faults.OrderBy(static fault => fault.Key))
            {
                json.WriteNumber(kind.ToString(), count);
            }

            json.WriteEndObject();
            json.WriteStartObject("readAhead");
            json.WriteNumber("clips", epoch.ReadAhead.ClipCount);
            json.WriteNumber("bytes", epoch.ReadAhead.Bytes);
            json.WriteNumber("unusedBytes", epoch.ReadAhead.UnusedBytes);
            json.WriteNumber("stuck", epoch.ReadAhead.StuckCount);
            json.WriteNumber("waitedSeconds", epoch.ReadAhead.Waited.TotalSeconds);
            json.WriteEndObject();
            if (withProfile)
            {
                CodecTimingsTable.Write(json, epoch);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}

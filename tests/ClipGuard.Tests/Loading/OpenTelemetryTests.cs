using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

using ClipGuard.Loading;
using ClipGuard.Supervision.Processes;
using ClipGuard.Supervision.ReadingAhead;

using NUnit.Framework;

using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ClipGuard.Tests.Loading;

/// <summary>What a loader measures, as a collector gets it over OTLP, and that the dashboard asks for what there is. The meter is the process's.</summary>
[CancelAfter(60_000)]
[NonParallelizable]
internal sealed partial class OpenTelemetryTests
{
    [Test]
    public async Task A_collector_gets_what_was_measured_and_a_span_for_each_batch()
    {
        await using var collector = new OtlpCollector();
        using LoaderRun run = LoaderRun.Of(40, badEvery: 4);
        using (MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter(ClipGuardTelemetry.MeterName)
            .AddOtlpExporter((exporter, _) => SendTo(exporter, collector, "v1/metrics"))
            .Build())
        using (TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(ClipGuardTelemetry.ActivitySourceName)
            .AddOtlpExporter(exporter => SendTo(exporter, collector, "v1/traces"))
            .Build())
        {
            await using (ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask, BatchSize = 8 }))
            {
                await LoaderRun.ReadAsync(loader);
            }

            Assert.That(metrics.ForceFlush() && traces.ForceFlush(), Is.True);
        }

        IReadOnlyList<OtlpPoint> points = collector.Points;
        Assert.That(
            points.Where(static point => point.Name == "clipguard.decodes").Select(static point => (point.Tags["kind"], point.Tags["verdict"], point.Value)),
            Is.EquivalentTo(new[] { ("audio", "ok", 30.0), ("audio", "Corrupt", 10.0) }));
        Assert.That(
            points.Where(static point => point.Name == "clipguard.decode.duration").Sum(static point => point.Value),
            Is.EqualTo(40),
            "decodes that were timed");
        Assert.That(points.Single(static point => point.Name == "clipguard.bytes").Value, Is.Positive);
        foreach (string depth in new[] { "clipguard.batches.ahead", "clipguard.batches.ready", "clipguard.samples.open", "clipguard.bytes.ahead" })
        {
            Assert.That(points.Single(point => point.Name == depth).Value, Is.Zero, depth);
        }

        Assert.That(points.Select(static point => point.Name), Has.Some.EqualTo("clipguard.consumer.wait"));
        Assert.That(collector.Spans, Is.EqualTo(Enumerable.Repeat("batch", 5)));
    }

    [Test]
    public void The_dashboard_asks_for_measurements_that_there_are()
    {
        HashSet<string> known = [.. Instruments().SelectMany(static instrument => PrometheusNames(instrument))];
        using var dashboard = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("configs", "grafana-dashboard.json")));
        string[] queries = [.. Expressions(dashboard.RootElement)];
        string[] asked = [.. queries.SelectMany(static query => Series().Matches(query).Select(static match => match.Value)).Distinct()];

        Assert.That(queries, Has.Length.GreaterThan(7));
        Assert.That(asked.Except(known), Is.Empty, "queries of series that nothing exports");
        Assert.That(
            Instruments().Where(instrument => !PrometheusNames(instrument).Any(asked.Contains)).Select(static instrument => instrument.Name),
            Is.Empty,
            "measurements that no panel shows");
    }

    private static void SendTo(OtlpExporterOptions exporter, OtlpCollector collector, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(collector.Address, path);
    }

    private static ICollection<Instrument> Instruments()
    {
        RuntimeHelpers.RunClassConstructor(typeof(LoaderTelemetry).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(KillCounter).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(ReadAheadScheduler).TypeHandle);
        var found = new ConcurrentDictionary<string, Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == ClipGuardTelemetry.MeterName)
                {
                    found[instrument.Name] = instrument;
                }
            },
        };
        listener.Start();
        return found.Values;
    }

    // As Prometheus names what comes over OTLP: dots are lines, the unit stands behind a name that lacks it, and counters that only grow end with _total.
    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        string unit = instrument.Unit switch { "s" => "seconds", "By" => "bytes", _ => string.Empty };
        string name = instrument.Name.Replace('.', '_');
        name = unit.Length == 0 || name.Split('_').Contains(unit) ? name : $"{name}_{unit}";
        string type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? [$"{name}_bucket", $"{name}_count", $"{name}_sum"]
            : type.StartsWith("Counter", StringComparison.Ordinal) ? [$"{name}_total"]
            : [name];
    }

    private static IEnumerable<string> Expressions(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(static member =>
            member.Name == "expr" ? [member.Value.GetString()!] : Expressions(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    [GeneratedRegex("clipguard_[a-z_]+")]
    private static partial Regex Series();
}

using System.Diagnostics.Metrics;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>What came of reading ahead so far: the report, and the same for telemetry. Under its owner's lock.</summary>
internal sealed class ReadAheadMetrics
{
    private static readonly UpDownCounter<long> BytesHeldNow = ClipGuardTelemetry.Meter.CreateUpDownCounter<long>(
        "clipguard.read_ahead.bytes", "By", "Encoded bytes that are held ahead of their decodes.");
    private static readonly UpDownCounter<long> ReadsNow = ClipGuardTelemetry.Meter.CreateUpDownCounter<long>(
        "clipguard.read_ahead.reads", "{read}", "Reads and fetches of clips in flight ahead of their decodes.");
    private static readonly Counter<double> WaitedSeconds = ClipGuardTelemetry.Meter.CreateCounter<double>(
        "clipguard.read_ahead.wait", "s", "Time that decodes waited for clips which were being read ahead.");
    private static readonly Counter<long> UnusedBytes = ClipGuardTelemetry.Meter.CreateCounter<long>(
        "clipguard.read_ahead.unused", "By", "Encoded bytes that were read ahead and never decoded.");

    private ReadAheadReport _report = new();
    private long _held;
    private int _inFlight;

    /// <summary>The report up to now.</summary>
    public ReadAheadReport Report => _report with { BytesHeld = _held, InFlightCount = _inFlight };

    /// <summary>More bytes are held, or fewer.</summary>
    public void CountHeld(long change)
    {
        _held += change;
        BytesHeldNow.Add(change);
    }

    /// <summary>A read or a fetch begins (1), or is over or waits for room (-1).</summary>
    public void CountInFlight(int change)
    {
        _inFlight += change;
        ReadsNow.Add(change);
    }

    /// <summary>A decode has waited for a clip.</summary>
    public void CountWait(TimeSpan waited)
    {
        _report = _report with { Waited = _report.Waited + waited };
        WaitedSeconds.Add(waited.TotalSeconds);
    }

    /// <summary>A decode has got the bytes of a clip.</summary>
    public void CountTaken(long bytes) => _report = _report with { ClipCount = _report.ClipCount + 1, Bytes = _report.Bytes + bytes };

    /// <summary>Bytes were read in vain.</summary>
    public void CountUnused(long bytes)
    {
        _report = _report with { UnusedBytes = _report.UnusedBytes + bytes };
        UnusedBytes.Add(bytes);
    }

    /// <summary>A decode has given up a read that did not come back.</summary>
    public void CountStuck() => _report = _report with { StuckCount = _report.StuckCount + 1 };
}

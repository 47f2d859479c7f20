using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>Adds up an <see cref="EpochReport"/>, batch by batch.</summary>
internal sealed class EpochAccount(int epoch, TimeProvider time, int workers, CodecTimingsAccount profile, IGuardedDecoder decoder)
{
    // Below this share of waiting the consumer is the bottleneck.
    private const double WaitedByFastLoader = 0.1;

    // From this share of the clips' time on, storage is, whatever the processors do meanwhile.
    private const double MuchWaitingForBytes = 0.5;

    // From this share of the reachable processors on, decoding is.
    private const double BusyProcessorShare = 0.75;

    private readonly long _began = time.GetTimestamp();
    private readonly ProcessorTimes? _processorsBefore = ProcessorTimes.Now();
    private readonly ReadAheadReport _readBefore = decoder.ReadAhead;
    private readonly Dictionary<FaultKind, long> _faults = [];
    private TimeSpan _waited;
    private EpochReport _sum = new() { Epoch = epoch };

    public void Waited(TimeSpan waited) => _waited += waited;

    public void Add(Batch batch)
    {
        int masked = batch.Samples.Count(static sample => sample.IsMasked);
        foreach (SampleFault fault in batch.Report.Faults)
        {
            if (fault.Kind is { } kind)
            {
                _faults[kind] = _faults.GetValueOrDefault(kind) + 1;
            }
        }

        _sum = _sum with
        {
            BatchCount = _sum.BatchCount + (batch.Samples.Count > 0 ? 1 : 0),
            SampleCount = _sum.SampleCount + batch.Samples.Count - masked,
            SubstituteCount = _sum.SubstituteCount + batch.Samples.Count(static sample => sample.IsSubstitute),
            MaskedCount = _sum.MaskedCount + masked,
            ClipCount = _sum.ClipCount + batch.Report.ClipCount,
            Bytes = _sum.Bytes + batch.Report.Bytes,
            TensorBytes = _sum.TensorBytes + batch.Report.TensorBytes,
            UnsettledCount = _sum.UnsettledCount + batch.Report.Faults.Count(static fault => fault.Unsettled is not null),
            BadRowCount = _sum.BadRowCount + batch.Report.Faults.Count(static fault => fault is { Kind: null, IsRowToBlame: true }),
            TransformFailureCount = _sum.TransformFailureCount + batch.Report.Faults.Count(static fault => fault.Exception is not null),
            DroppedCount = _sum.DroppedCount + batch.Report.Faults.Count(static fault => fault.IsDropped),
            DecodeTime = _sum.DecodeTime + batch.Report.DecodeTime,
        };
    }

    public EpochReport Finish()
    {
        TimeSpan elapsed = time.GetElapsedTime(_began);
        double? use = ProcessorTimes.Now() is { } after && _processorsBefore is { } before ? after.UseSince(before) : null;
        double reachable = Math.Min(1.0, (double)workers / AvailableProcessors.Count);
        return _sum with
        {
            Elapsed = elapsed,
            Waited = _waited,
            Faults = new Dictionary<FaultKind, long>(_faults),
            WaitedForConsumer = profile.WaitedForConsumer,
            Profile = profile.Clips,
            ReadAhead = decoder.ReadAhead.Since(_readBefore),
            ProcessorUse = use,
            Bottleneck = BottleneckOf(_waited / elapsed, use, reachable, profile.ShareOfBytes),
        };
    }

    /// <summary>Which part was slow.</summary>
    /// <param name="waited">Share of the time for which the consumer waited.</param>
    /// <param name="processorUse">Share of the processors that was busy; null where that is not known.</param>
    /// <param name="reachable">Share of the processors that the workers can keep busy.</param>
    /// <param name="waitedForBytes">Share of their time for which the clips waited for their bytes.</param>
    public static Bottleneck BottleneckOf(double waited, double? processorUse, double reachable, double waitedForBytes = 0) =>
        waited < WaitedByFastLoader ? Bottleneck.Consumer
        : waitedForBytes >= MuchWaitingForBytes ? Bottleneck.Storage
        : processorUse is null || processorUse >= BusyProcessorShare * reachable ? Bottleneck.Decoding
        : Bottleneck.Storage;
}

/// <summary>Busy and idle time of all processors together since the system's start, in its own ticks (proc_stat(5)).</summary>
internal readonly record struct ProcessorTimes(long Busy, long Idle)
{
    public static ProcessorTimes? Now()
    {
        try
        {
            return Parse(File.ReadLines("/proc/stat").First());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    public static ProcessorTimes? Parse(string line)
    {
        // cpu user nice system idle iowait irq softirq steal …
        IEnumerable<string> words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1);
        long[] times = [.. words.Select(static text => long.TryParse(text, out long ticks) ? ticks : 0)];
        return times.Length < 8 ? null : new ProcessorTimes(times[0] + times[1] + times[2] + times[5] + times[6], times[3] + times[4] + times[7]);
    }

    public double? UseSince(ProcessorTimes before)
    {
        long busy = Busy - before.Busy;
        long all = busy + Idle - before.Idle;
        return all > 0 ? (double)busy / all : null;
    }
}

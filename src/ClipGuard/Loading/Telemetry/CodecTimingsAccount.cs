using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>Adds up where the time of an epoch's clips goes. Any number of threads.</summary>
internal sealed class CodecTimingsAccount
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ClipKind Kind, string Codec), CodecTimings> _sums = [];
    private TimeSpan _waitedForConsumer;

    /// <summary>The sums, the most time first.</summary>
    public IReadOnlyList<CodecTimings> Clips
    {
        get
        {
            lock (_gate)
            {
                return [.. _sums.Values.OrderByDescending(static sum => sum.Opened + sum.Decoded + sum.Converted)];
            }
        }
    }

    /// <summary>Time for which complete batches waited to be taken, all together.</summary>
    public TimeSpan WaitedForConsumer
    {
        get
        {
            lock (_gate)
            {
                return _waitedForConsumer;
            }
        }
    }

    /// <summary>Share of the clips' time, the waiting for a helper left out, for which they waited for their bytes; 0 where there is none.</summary>
    public double ShareOfBytes
    {
        get
        {
            lock (_gate)
            {
                double bytes = _sums.Values.Sum(static sum => sum.WaitedForBytes.TotalSeconds);
                double rest = _sums.Values.Sum(static sum => (sum.Opened + sum.Decoded + sum.Converted + sum.HandedOver + sum.Copied).TotalSeconds);
                return bytes > 0 ? bytes / (bytes + rest) : 0;
            }
        }
    }

    /// <summary>One clip is in its batch.</summary>
    public void Add(ClipKind kind, DecodedClip clip, DecodeTimings profile, TimeSpan copied)
    {
        (ClipKind, string) key = (kind, clip.Track?.Codec ?? string.Empty);
        lock (_gate)
        {
            CodecTimings sum = _sums.GetValueOrDefault(key) ?? new CodecTimings(kind, key.Item2);
            _sums[key] = sum with
            {
                ClipCount = sum.ClipCount + 1,
                Queued = sum.Queued + profile.Queued,
                WaitedForBytes = sum.WaitedForBytes + profile.WaitedForBytes,
                Opened = sum.Opened + profile.Opened,
                Decoded = sum.Decoded + profile.Decoded,
                Converted = sum.Converted + profile.Converted,
                HandedOver = sum.HandedOver + profile.HandedOver,
                Copied = sum.Copied + copied,
            };
        }
    }

    /// <summary>A batch has waited for the consumer.</summary>
    public void BatchWaited(TimeSpan time)
    {
        lock (_gate)
        {
            _waitedForConsumer += time;
        }
    }
}

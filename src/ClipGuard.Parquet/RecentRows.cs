using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Columnar;

/// <summary>Rows that were read lately, the oldest given up for new ones. Any thread.</summary>
internal sealed class RecentRows
{
    /// <summary>Most rows that are kept.</summary>
    public const int MaxRows = 1 << 14;

    /// <summary>Most bytes of clips and of rows that are kept, roughly.</summary>
    private const long MaxBytes = 128 << 20;

    // What a row takes beside the bytes of its clips and its fields.
    private const int BytesOfRow = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, ManifestRow> _rows = [];
    private readonly Queue<(long Row, long Bytes)> _order = new();
    private long _bytes;

    /// <summary>The row, where it is still kept.</summary>
    public ManifestRow? Find(long row)
    {
        lock (_lock)
        {
            return _rows.GetValueOrDefault(row);
        }
    }

    /// <summary>Keeps a row.</summary>
    public void Add(long number, ManifestRow row)
    {
        long bytes = BytesOfRow + (row is SampleRow { Sample: var sample } ? SizeOf(sample) : 0);
        lock (_lock)
        {
            if (!_rows.TryAdd(number, row))
            {
                return;
            }

            _order.Enqueue((number, bytes));
            _bytes += bytes;
            while (_bytes > MaxBytes || _order.Count > MaxRows)
            {
                (long oldest, long freed) = _order.Dequeue();
                _rows.Remove(oldest);
                _bytes -= freed;
            }
        }
    }

    private static long SizeOf(Sample sample) =>
        sample.Clips.Sum(static clip => clip.Source is MemorySource held ? held.Bytes.Length : 0L)
        + sample.Fields.Sum(static field => (long)field.Json.Length)
        + sample.Messages.Sum(static message => 2L * message.Content.Length);
}

using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Streams.Sessions;

/// <summary>One stream of a group: the helper that it was given to, and what that helper has said of it.</summary>
internal sealed unsafe class Member(int index, ClipStream stream, string path)
{
    private Progress _progress;
    private long _written;

    /// <summary>Its place in the group.</summary>
    public int Index { get; } = index;

    /// <summary>The stream.</summary>
    public ClipStream Stream { get; } = stream;

    /// <summary>The stream's name.</summary>
    public string Name => Stream.Name;

    /// <summary>Path of the FIFO or file.</summary>
    public string Path { get; } = path;

    /// <summary>Its helper; null before it was started and after it was handed back or buried.</summary>
    public StreamHelper? Helper { get; set; }

    /// <summary>True once its helper has ended and was reaped.</summary>
    public bool Ended { get; set; }

    /// <summary>What the clip is by itself; null before the stream is there.</summary>
    public ClipShape? Shape { get; set; }

    /// <summary>What is written; null before all streams are there.</summary>
    public StreamFormat? Format { get; set; }

    /// <summary>The helper's last word on the stream; null before.</summary>
    public StreamWrittenMessage? Written { get; set; }

    /// <summary>Keeps the pipe alive from the last word on.</summary>
    public FifoProbe? Probe { get; set; }

    /// <summary>When its helper last made progress.</summary>
    public long ProgressAt { get; private set; }

    /// <summary>The marks as they were read last.</summary>
    public Progress Progress => _progress;

    /// <summary>Bytes that the stream has taken, as far as is known.</summary>
    public long WrittenBytes => Written?.Bytes ?? _written;

    /// <summary>CPU time that the helper had used before this stream.</summary>
    public TimeSpan CpuBefore { get; set; }

    /// <summary>The last lines of the decoder's log.</summary>
    public IEnumerable<string> LogLines() => Helper is null ? [] : Progress.ReadLog(Helper.Process.Memory.Marks).Concat(Helper.Errors.Lines());

    /// <summary>Starts its clock.</summary>
    public void Begin(long now) => ProgressAt = now;

    /// <summary>Reads the marks.</summary>
    public void ReadProgress(long now)
    {
        if (Helper is null)
        {
            return;
        }

        MarksPage* page = Helper.Process.Memory.Marks;
        var progress = Progress.Read(page);
        long written = Math.Max(0, Volatile.Read(ref page->Written));
        ProgressAt = written != _written ? Math.Clamp(progress.StampNanoseconds, ProgressAt, now) : progress.LastMoved(_progress, ProgressAt, now);
        (_progress, _written) = (progress, written);
    }

    /// <summary>How far it came.</summary>
    public StreamReport Report() => new(Name)
    {
        Format = Format,
        Frames = Written?.Frames ?? 0,
        Bytes = WrittenBytes,
        UnreadBytes = Probe?.UnreadBytes() ?? 0,
        IsWhole = Written is { ReaderLeft: false, Fault: null },
    };
}

using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>One stream of a session: the helper that it was given to, and what that helper has said of it.</summary>
internal sealed class SessionStream(int index, ClipStream stream, string path)
{
    private DecodeMeasurement? _measurement;
    private long _beganAt;

    /// <summary>Its number among the session's streams, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>The stream.</summary>
    public ClipStream Stream { get; } = stream;

    /// <summary>The stream's name.</summary>
    public string Name => Stream.Name;

    /// <summary>Path of the FIFO or file.</summary>
    public string Path { get; } = path;

    /// <summary>Its helper; null before it was started and after it was handed back or had ended.</summary>
    public StreamHelper? Helper { get; private set; }

    /// <summary>True once its helper has ended and was reaped.</summary>
    public bool Ended { get; set; }

    /// <summary>What the clip is by itself; null before the stream is there.</summary>
    public ClipShape? Shape { get; set; }

    /// <summary>What is written; null before all streams are there.</summary>
    public StreamFormat? Format { get; set; }

    /// <summary>The helper's last message on the stream; null before.</summary>
    public StreamWrittenMessage? Written { get; set; }

    /// <summary>Keeps the pipe alive from the last message on.</summary>
    public UnreadBytesProbe? Probe { get; set; }

    /// <summary>When its helper last made progress.</summary>
    public long ProgressAt => _measurement?.ProgressAt ?? _beganAt;

    /// <summary>The marks as they were read last.</summary>
    public Progress Progress => _measurement?.Progress ?? default;

    /// <summary>Bytes that the stream has taken, as far as is known.</summary>
    public long WrittenBytes => Written?.Bytes ?? Progress.Written;

    /// <summary>Starts its clock.</summary>
    public void Begin(long now) => _beganAt = now;

    /// <summary>Takes its helper from it, to be used again or because it has ended.</summary>
    public void Detach() => Helper = null;

    /// <summary>Gives it a helper, and measures what that uses from now on.</summary>
    public void Attach(StreamHelper helper, long now)
    {
        Helper = helper;
        _measurement = helper.BeginStream(now);
    }

    /// <summary>Reads the marks, as long as it has a helper: they may be another stream's afterwards.</summary>
    public void ReadProgress(long now)
    {
        if (Helper is not null)
        {
            _measurement!.ReadProgress(now);
        }
    }

    /// <summary>All that is known of the helper's work now; nothing where it has none.</summary>
    /// <param name="exit">How the helper ended; the default while it lives.</param>
    public PostMortem PostMortem(ProcessExit exit) => Helper is null ? new PostMortem() : _measurement!.PostMortem(exit);

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

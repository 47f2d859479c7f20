using System.Diagnostics;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// For how long the storage that files are read from has brought nothing, while reads of it are in flight. Pure; one thread at a time. Moments are as Stopwatch
/// counts.
/// </summary>
/// <param name="patience">How long a decode waits for a file of which nothing comes.</param>
/// <param name="now">This moment.</param>
internal sealed class StorageStallDetector(TimeSpan patience, long now)
{
    private long _heardAt = now;
    private int _reads;

    /// <summary>The read of a clip begins.</summary>
    public void Begin(ReadAheadClip clip, long now)
    {
        clip.ReadBeganAt = clip.HeardAt = now;
        _heardAt = _reads == 0 ? now : _heardAt;
        _reads++;
    }

    /// <summary>Bytes of a clip have come.</summary>
    public void Hear(ReadAheadClip clip, long now) => clip.HeardAt = _heardAt = now;

    /// <summary>A read waits for room: the storage has nothing to bring for it meanwhile.</summary>
    public void Pause() => _reads--;

    /// <summary>A read goes on that waited for room.</summary>
    public void GoOn(long now)
    {
        _reads++;
        _heardAt = now;
    }

    /// <summary>A read is over, whatever came of it.</summary>
    public void End(long now)
    {
        _reads--;
        _heardAt = now;
    }

    /// <summary>Whether it has brought nothing for a while: more reads would only wait beside those that do.</summary>
    public bool IsStuck(long now) => _reads > 0 && Stopwatch.GetElapsedTime(_heardAt, now) > patience;

    /// <summary>How much longer a decode waits for a clip, if nothing comes.</summary>
    public TimeSpan TimeLeft(ReadAheadClip clip, long now)
    {
        // A clip in the queue waits for reads of others.
        long heardAt = clip.Node.List is null ? clip.HeardAt : Math.Max(clip.HeardAt, _heardAt);
        return patience - Stopwatch.GetElapsedTime(heardAt, now);
    }
}

using System.Diagnostics;
using System.Text;

using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>The marks of a decode as the supervisor has read them, and how far they can be believed.</summary>
internal readonly unsafe record struct Progress(DecodeStage Stage, long Bytes, long Packets, long Frames, long Written, long StampNanoseconds)
{
    /// <summary>Reads the marks as they stand. The helper may be writing them.</summary>
    public static Progress Read(MarksPage* page)
    {
        // The stamp is written last and so read first: what it stands for is then there.
        long stamp = Volatile.Read(ref page->StampNanoseconds);
        var stage = (DecodeStage)Volatile.Read(ref page->Stage);
        return new Progress(
            Enum.IsDefined(stage) ? stage : DecodeStage.None,
            Math.Max(0, page->Bytes),
            Math.Max(0, page->Packets),
            Math.Max(0, page->Frames),
            Math.Max(0, Volatile.Read(ref page->Written)),
            stamp);
    }

    /// <summary>Whether the decode says that it is waiting for the clip's bytes.</summary>
    public static bool WaitsForBytes(MarksPage* page) => Volatile.Read(ref page->BytesWaitNanoseconds) < 0;

    /// <summary>
    /// How long the decode says it has waited for the clip's bytes, in nanoseconds, a wait that goes on included. Believed up to the time since dispatch.
    /// </summary>
    public static long ReadBytesWait(MarksPage* page, long dispatchedAt, long now)
    {
        long waited = Volatile.Read(ref page->BytesWaitNanoseconds);
        return Math.Clamp(waited < 0 ? waited + now : waited, 0, now - dispatchedAt);
    }

    /// <summary>
    /// When progress was last made, given what was known before. A stamp counts only where something else has moved with it,
    /// so that a mere heartbeat is no progress, and it lies neither before <paramref name="known"/> nor in the future.
    /// </summary>
    public long LastMoved(in Progress before, long known, long now) =>
        this with { StampNanoseconds = 0 } == before with { StampNanoseconds = 0 } ? known : Math.Clamp(StampNanoseconds, known, now);

    /// <summary>What the marks and the clock tell of a decode.</summary>
    /// <param name="startedAt">When it began.</param>
    /// <param name="progressAt">When it last made progress.</param>
    /// <param name="now">The moment.</param>
    public PostMortem PostMortem(long startedAt, long progressAt, long now) => new()
    {
        Elapsed = Stopwatch.GetElapsedTime(startedAt, now),
        SinceProgress = Stopwatch.GetElapsedTime(progressAt, now),
        BytesRead = Bytes,
        PacketCount = Packets,
        FrameCount = Frames,
    };

    /// <summary>The last lines of the decoder's log.</summary>
    public static IEnumerable<string> ReadLog(MarksPage* page)
    {
        long written = Math.Max(0, Volatile.Read(ref page->LogWritten));
        int length = (int)Math.Min(written, MarksPage.LogCapacity);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++)
        {
            text[i] = page->Log[(int)((written - length + i) % MarksPage.LogCapacity)];
        }

        string[] lines = Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // Where the ring has gone round, its first line has lost its beginning.
        return written > length ? lines.Skip(1) : lines;
    }
}

using System.Diagnostics;
using System.Text;

using ClipGuard.Media.Wire;

namespace ClipGuard.Media;

/// <summary>
/// A decode's progress, kept in memory that the supervisor can read at any moment, also when the helper is stuck or dead.
/// The marks must move with real progress only: the supervisor takes a helper whose marks move for one that does not hang.
/// </summary>
public sealed unsafe class ProgressMarks
{
    private readonly MarksPage* _page;

    // When the stage was entered, and how long the decode had waited for bytes by then.
    private long _stageBeganAt;
    private long _waitedBefore;

    /// <summary>Marks over a page that outlives them.</summary>
    /// <param name="page"><see cref="MarksPage.Size"/> bytes, aligned to 8.</param>
    public ProgressMarks(byte* page) => _page = (MarksPage*)page;

    /// <summary>The decode has entered a stage.</summary>
    public void Enter(DecodeStage stage)
    {
        long now = Stopwatch.GetTimestamp();
        if (stage != Stage)
        {
            LeaveStage(now);
        }

        Volatile.Write(ref _page->Stage, (int)stage);
        Volatile.Write(ref _page->StampNanoseconds, now);
    }

    /// <summary>The decode is over: the time of its last stage is written down.</summary>
    internal void End() => LeaveStage(Stopwatch.GetTimestamp());

    /// <summary>The stage entered last.</summary>
    public DecodeStage Stage => (DecodeStage)Volatile.Read(ref _page->Stage);

    /// <summary>Encoded bytes were read.</summary>
    public void AddBytes(long count)
    {
        _page->Bytes += count;
        Stamp();
    }

    /// <summary>
    /// The decode waits for the clip's bytes from here on: it is about to open, look at or read where they lie. Time that passes until
    /// <see cref="EndBytesWait"/> is the storage's and not the clip's. Waits do not nest.
    /// </summary>
    public void BeginBytesWait() => Volatile.Write(ref _page->BytesWaitNanoseconds, _page->BytesWaitNanoseconds - Stopwatch.GetTimestamp());

    /// <summary>The wait that <see cref="BeginBytesWait"/> began is over.</summary>
    public void EndBytesWait() => Volatile.Write(ref _page->BytesWaitNanoseconds, _page->BytesWaitNanoseconds + Stopwatch.GetTimestamp());

    /// <summary>One packet came out of the container.</summary>
    public void AddPacket()
    {
        _page->Packets++;
        Stamp();
    }

    /// <summary>One frame came out of the decoder.</summary>
    public void AddFrame()
    {
        _page->Frames++;
        Stamp();
    }

    /// <summary>Bytes were written into a stream and taken by its reader or the pipe.</summary>
    public void AddWritten(long count)
    {
        _page->Written += count;
        Stamp();
    }

    /// <summary>Keeps a line of the decoder's log. The last <see cref="MarksPage.LogCapacity"/> bytes are kept.</summary>
    /// <param name="line">One line without its line feed.</param>
    public void Log(string line)
    {
        Span<byte> utf8 = stackalloc byte[512];
        Encoding.UTF8.TryGetBytes(line.AsSpan(0, Math.Min(line.Length, 160)), utf8[..^1], out int length);
        utf8[length++] = (byte)'\n';
        long written = _page->LogWritten;
        for (int i = 0; i < length; i++)
        {
            _page->Log[(int)((written + i) % MarksPage.LogCapacity)] = utf8[i];
        }

        Volatile.Write(ref _page->LogWritten, written + length);
    }

    /// <summary>Forgets the log: what is logged from here on belongs to another clip.</summary>
    internal void ForgetLog() => Volatile.Write(ref _page->LogWritten, 0);

    private void LeaveStage(long now)
    {
        long spent = now - _stageBeganAt - (_page->BytesWaitNanoseconds - _waitedBefore);
        switch (Stage)
        {
            case DecodeStage.Open or DecodeStage.Probe or DecodeStage.Seek:
                _page->OpenNanoseconds += spent;
                break;
            case DecodeStage.Read or DecodeStage.Decode:
                _page->DecodeNanoseconds += spent;
                break;
            case DecodeStage.Convert:
                _page->ConvertNanoseconds += spent;
                break;
        }

        (_stageBeganAt, _waitedBefore) = (now, _page->BytesWaitNanoseconds);
    }

    // Written last, so that a reader which sees a new stamp also sees the counts that belong to it.
    private void Stamp() => Volatile.Write(ref _page->StampNanoseconds, Stopwatch.GetTimestamp());
}

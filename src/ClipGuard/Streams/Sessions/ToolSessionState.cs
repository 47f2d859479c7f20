namespace ClipGuard.Streams.Sessions;

/// <summary>Where a session is in its life.</summary>
internal enum ToolSessionState
{
    /// <summary>Helpers open their clips and make their streams; the guardian starts. Timers: the limit on opening, and the deadline.</summary>
    Opening,

    /// <summary>Work files are being written; the tool has not started. Timers: deadline and stall limit.</summary>
    Filling,

    /// <summary>The tool runs. Timers: deadline and stall limit.</summary>
    Running,

    /// <summary>The tool has ended; the last messages of the streams are awaited. Timer: a short grace.</summary>
    Draining,

    /// <summary>The verdict is known and everything is being ended. Timer: the kill timeout.</summary>
    Ending,

    /// <summary>The guardian did not end its tool and itself in time, and was killed. Timer: the kill timeout.</summary>
    Forcing,

    /// <summary>A process was killed and does not end: stuck in the kernel. The result is given; the session's thread waits on by itself.</summary>
    Unkillable,

    /// <summary>Every process is reaped, and the folder is gone.</summary>
    Gone,
}

namespace ClipGuard.Streams.Sessions;

/// <summary>What can happen to a session.</summary>
internal enum ToolSessionEvent
{
    /// <summary>The guardian is ready, and every FIFO is there and fits the others.</summary>
    FifosOpened,

    /// <summary>As <see cref="FifosOpened"/>, of work files.</summary>
    FilesOpened,

    /// <summary>The last message of every stream is there.</summary>
    AllWritten,

    /// <summary>The tool and everything that it left behind have ended.</summary>
    ToolExited,

    /// <summary>A part failed: a clip, a helper, the guardian, the start of the tool, or the streams do not fit each other.</summary>
    Broke,

    /// <summary>The timer of the state ran out.</summary>
    TimeOver,

    /// <summary>Nothing has moved for the stall limit.</summary>
    Stalled,

    /// <summary>The caller gave up.</summary>
    Cancelled,

    /// <summary>The last process was reaped.</summary>
    AllGone,
}

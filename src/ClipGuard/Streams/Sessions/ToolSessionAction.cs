namespace ClipGuard.Streams.Sessions;

/// <summary>What a step of a session's life asks of the code around it, in the order of the names.</summary>
[Flags]
internal enum ToolSessionAction
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Note what failed, while the processes still live.</summary>
    Examine = 1,

    /// <summary>Have every helper write its stream.</summary>
    Write = 1 << 1,

    /// <summary>Have the guardian start the tool.</summary>
    StartTool = 1 << 2,

    /// <summary>Weigh what the tool and the streams came to.</summary>
    Judge = 1 << 3,

    /// <summary>End every process that is not to be used again.</summary>
    End = 1 << 4,

    /// <summary>Release what is left once every process is gone, the folder too.</summary>
    Clear = 1 << 5,

    /// <summary>Settle the result that the caller gets.</summary>
    Conclude = 1 << 6,

    /// <summary>Kill what was only asked to end.</summary>
    Force = 1 << 7,
}

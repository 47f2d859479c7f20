namespace ClipGuard.Media;

/// <summary>Where a decode was when it ended. The numbers are part of the helper protocol (Protocol.md).</summary>
public enum DecodeStage
{
    /// <summary>The request was sent and nothing has begun.</summary>
    None = 0,

    /// <summary>Opening the bytes and recognising the container.</summary>
    Open = 1,

    /// <summary>Reading far enough to know the streams.</summary>
    Probe = 2,

    /// <summary>Jumping to a time.</summary>
    Seek = 3,

    /// <summary>Reading packets.</summary>
    Read = 4,

    /// <summary>Inside a decoder.</summary>
    Decode = 5,

    /// <summary>Resampling, scaling or converting.</summary>
    Convert = 6,

    /// <summary>Answered, and the process is ending.</summary>
    Exit = 7,

    /// <summary>Writing into a stream, or waiting for its reader.</summary>
    Write = 8,
}

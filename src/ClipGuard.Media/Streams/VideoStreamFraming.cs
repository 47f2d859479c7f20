namespace ClipGuard.Media.Streams;

/// <summary>How frames follow one another in a video stream.</summary>
public enum VideoStreamFraming
{
    /// <summary>YUV4MPEG2: a header line that says size, rate and sampling, and a line before each frame. The reader needs to be told nothing.</summary>
    Y4m,

    /// <summary>Nothing but frames. The reader has to be told size, sampling and depth.</summary>
    Raw,
}

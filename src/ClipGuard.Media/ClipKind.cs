namespace ClipGuard.Media;

/// <summary>What a clip is to be decoded as. The manifest says it; the file's name and content do not.</summary>
public enum ClipKind
{
    /// <summary>One audio track, also that of a video file.</summary>
    Audio,

    /// <summary>A choice of frames of one video track, or of a list of images that stand for one.</summary>
    Video,

    /// <summary>One picture; of an animated file the first.</summary>
    Image,
}

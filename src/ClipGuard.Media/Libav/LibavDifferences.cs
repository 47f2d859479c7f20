namespace ClipGuard.Media.Libav;

/// <summary>
/// What the release that was loaded does otherwise than the others, beyond its structures and calls. The only place that asks for a version;
/// LibavDifferences.md has the differences that remain, and those that are mended by means that are right for all.
/// </summary>
internal static class LibavDifferences
{
    // Versions of libavcodec.
    private const int FFmpeg7 = 61;
    private const int FFmpeg8 = 62;
    private const int FFmpeg9 = 63;

    /// <summary>FFmpeg's own decoder of Speex puts as many zeros behind the samples of each frame, in streams of 16 and 32 kHz.</summary>
    public static bool DoublesWidebandSpeex => Codec == FFmpeg7;

    /// <summary>
    /// In MP4 it cuts the padding at the end of audio too, by the edit list and by the tag of Apple's encoders both, and the delay again behind each jump.
    /// </summary>
    public static bool CutsMp4Audio => Codec >= FFmpeg9;

    /// <summary>Demuxers that gave -1 or an I/O error at a file's end (<see cref="Containers.DemuxerEndOfFile"/>) say that its data is invalid.</summary>
    public static bool CallsTheEndInvalid => Codec >= FFmpeg8;

    /// <summary>The length that it tells of an MP3 is the clip's: an encoder's delay, which comes before it on the container's clock, is not counted.</summary>
    public static bool TellsMp3WithoutDelay => Codec >= FFmpeg8;

    private static int Codec => LibavLoader.Loaded!.Release.Codec;
}

using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>Whether what a stream helper says can be believed. Nothing in it is used before it has passed.</summary>
internal static class StreamReplyCheck
{
    private const int MaxSide = 1 << 16;
    private const int MaxRateHz = 10_000_000;
    private const int MaxChannels = 1024;
    private const int Y4mFrameLine = 6;
    private const int Y4mMaxHeader = 1024;

    /// <summary>What is wrong with the shape that a clip is said to have, or null.</summary>
    public static string? Find(ClipShape? shape, ClipKind kind, DecodeLimits limits) => shape switch
    {
        { Video: { } video, Audio: null } when kind == ClipKind.Video =>
            video.Width is > 0 and < MaxSide && video.Height is > 0 and < MaxSide && (long)video.Width * video.Height <= limits.MaxFramePixels
                && Enum.IsDefined(video.Chroma) && VideoShape.BitDepths.Contains(video.BitDepth) && video.Rate is { Numerator: >= 0, Denominator: > 0 }
                ? null
                : $"claims the impossible shape {video}",
        { Audio: { } audio, Video: null } when kind == ClipKind.Audio =>
            audio.SampleRateHz is > 0 and < MaxRateHz && audio.Channels is > 0 and < MaxChannels ? null : $"claims the impossible shape {audio}",
        _ => "did not say what the clip is",
    };

    /// <summary>What is wrong with a stream's last message, or null.</summary>
    /// <param name="written">The last message.</param>
    /// <param name="format">What was to be written; null where it was not yet told to write.</param>
    public static string? Find(StreamWrittenMessage written, StreamFormat? format)
    {
        if (written.Fault is { } fault)
        {
            return MessageCheck.Find(fault);
        }

        if (format is null)
        {
            return "says that it has written a stream that it was not told to write";
        }

        (long unit, long rest) = format switch
        {
            VideoFormat { Form: VideoStreamFraming.Raw } video => (video.Shape.FrameBytes(), 0L),
            VideoFormat video => (video.Shape.FrameBytes() + Y4mFrameLine, Y4mMaxHeader),
            AudioFormat audio => ((audio.Sample == AudioSampleType.Float32 ? sizeof(float) : sizeof(short)) * (long)audio.Shape.Channels, 0L),
            _ => (1, 0),
        };

        // A stream that its reader left may end within a frame.
        long most = rest + (written.ReaderLeft ? unit : 0);
        Int128 over = written.Bytes - ((Int128)written.Frames * unit);
        return written.Frames >= 0 && written.Bytes >= 0 && over >= 0 && over <= most
            ? null
            : $"says that it has written {written.Frames} frames of {unit} bytes, and {written.Bytes} bytes";
    }
}

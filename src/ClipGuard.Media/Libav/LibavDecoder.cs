using ClipGuard.Media.Libav.Audio;
using ClipGuard.Media.Libav.Inspection;
using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Video;

namespace ClipGuard.Media.Libav;

/// <summary>Decodes with FFmpeg's libraries. Nothing is ever opened by name: FFmpeg reads through callbacks from bytes that were checked first.</summary>
public sealed class LibavDecoder : IClipDecoder
{
    /// <summary>A decoder over the libraries of this machine.</summary>
    /// <exception cref="DllNotFoundException">They are missing or of another version; <see cref="LibavLibrary.FindTrouble"/> says so beforehand.</exception>
    public LibavDecoder()
    {
        if (LibavLibrary.FindTrouble() is { } trouble)
        {
            throw new DllNotFoundException(trouble);
        }
    }

    /// <inheritdoc/>
    public string Version => LibavLibrary.Version;

    /// <inheritdoc/>
    public DecodeAnswer Decode(DecodeRequest request, DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        using var log = new LibavLog(context.Marks);
        var session = new DecodeSession(request, context, log);
        context.Marks.Enter(DecodeStage.Open);
        DecodeAnswer answer;
        try
        {
            answer = Dispatch(session);
        }
        catch (OutOfMemoryException)
        {
            answer = new DecodeAnswer(session.Fault(FaultKind.LimitExceeded, "The decode needs more memory than there is."));
        }

        // A decode that was told to stop ends like a truncated file; only the clock knows better.
        return session.Stopped
            ? new DecodeAnswer(session.Fault(FaultKind.TimedOut, $"The time to give up came in the stage {context.Marks.Stage}."))
            : answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Every native object belongs to one decode and ended with it.
    }

    private static DecodeAnswer Dispatch(DecodeSession session) => session.Request.Spec switch
    {
        AudioSpec audio => AudioDecode.Run(session, audio),
        VideoSpec video when session.Request.Source is FileListSource list => FrameListDecode.Run(session, video, list),
        VideoSpec video => VideoDecode.Run(session, video),
        ImageSpec image => ImageDecode.Run(session, image),
        InspectSpec inspect => ClipInspection.Run(session, inspect),
        _ => throw new ArgumentException($"There is no decoder for {session.Request.Spec.GetType()}."),
    };
}

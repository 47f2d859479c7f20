using ClipGuard.Media.Libav.Audio;
using ClipGuard.Media.Libav.Inspection;
using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Video;

namespace ClipGuard.Media.Libav;

/// <summary>
/// Decodes with FFmpeg's libraries. Nothing is ever opened by name: FFmpeg reads through callbacks from bytes that were checked first.
/// Audio whose spec names another decoder goes to that one.
/// </summary>
public sealed class LibavDecoder : IClipDecoder
{
    private readonly IReadOnlyDictionary<string, IAudioDecoder> _audioDecoders;

    /// <summary>A decoder over the libraries of this machine.</summary>
    /// <param name="audioDecoders">Other decoders of audio, by the names that <see cref="AudioSpec.Decoder"/> may give; null for none.</param>
    /// <exception cref="DllNotFoundException">They are missing or of another version; <see cref="LibavLoader.FindProblem()"/> says so beforehand.</exception>
    public LibavDecoder(IReadOnlyDictionary<string, IAudioDecoder>? audioDecoders = null)
    {
        _audioDecoders = audioDecoders ?? new Dictionary<string, IAudioDecoder>();
        if (LibavLoader.FindProblem() is { } problem)
        {
            throw new DllNotFoundException(problem);
        }
    }

    /// <inheritdoc/>
    public string Version => string.Join(", ", _audioDecoders.Values.Select(static decoder => decoder.Version).Prepend(LibavLoader.Version));

    /// <summary>Names and versions of the libraries behind <see cref="Version"/>.</summary>
    internal IReadOnlyDictionary<string, string> Libraries
    {
        get
        {
            var libraries = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string library in _audioDecoders.Values.Select(static decoder => decoder.Version).Prepend(LibavLoader.Version))
            {
                int space = library.LastIndexOf(' ');
                libraries[space < 0 ? library : library[..space]] = library[(space + 1)..];
            }

            return libraries;
        }
    }

    /// <inheritdoc/>
    public DecodeAnswer Decode(DecodeRequest request, DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (SpecCheck.Find(request.Spec) is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(request));
        }

        using var log = new LibavLog(context.Marks);
        var session = new DecodeState(request, context, log);
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
        catch (OperationCanceledException) when (session.Stopped)
        {
            return TimedOut(session);
        }

        session.ThrowBug();

        // To FFmpeg bytes that could not be read look like damage, or like the file's end.
        if (session.ReadFault is { } unreadable && answer.Fault is { Kind: FaultKind.Corrupt } fault)
        {
            answer = new DecodeAnswer(unreadable with { Stage = fault.Stage });
        }

        if (answer.Clip is { } clip)
        {
            answer = new DecodeAnswer(clip with { Track = session.Track });
        }

        // A decode that was told to stop looks like one of a truncated file, so its answer is no verdict on the clip.
        return session.Stopped ? TimedOut(session)
            : answer.Fault is { } early && !session.WasRead ? new DecodeAnswer(early with { BeforeDecoding = true })
            : answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing to free: every native object belongs to one decode and was freed at its end.
    }

    private static DecodeAnswer TimedOut(DecodeState session) =>
        new(session.Fault(FaultKind.TimedOut, $"The time to give up came in the stage {session.Marks.Stage}."));

    private DecodeAnswer Dispatch(DecodeState session) => session.Request.Spec switch
    {
        AudioSpec { Decoder: { } name } audio => DispatchToPlugIn(session, audio, name),
        AudioSpec { Windows: not null } audio => AudioWindowsDecode.Run(session, audio),
        AudioSpec audio => AudioDecode.Run(session, audio),
        VideoSpec video when session.Request.Source is FileListSource list => FileListDecode.Run(session, video, list),
        VideoSpec video => VideoDecode.Run(session, video),
        ImageSpec image => ImageDecode.Run(session, image),
        InspectSpec inspect => ClipInspector.Run(session, inspect),
        _ => throw new ArgumentException($"There is no decoder for {session.Request.Spec.GetType()}."),
    };

    private DecodeAnswer DispatchToPlugIn(DecodeState session, AudioSpec audio, string name) =>
        _audioDecoders.TryGetValue(name, out IAudioDecoder? decoder)
        ? PlugInAudioDecode.Run(session, audio, decoder)
        : new DecodeAnswer(session.Fault(FaultKind.Unsupported, $"This helper has no audio decoder {name}."));
}

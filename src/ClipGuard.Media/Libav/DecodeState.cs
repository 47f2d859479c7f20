using System.Globalization;
using System.Runtime.ExceptionServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>One decode while it runs: the request, the progress marks, and what FFmpeg's log and callbacks have shown so far.</summary>
internal sealed class DecodeState(DecodeRequest request, DecodeContext context, LibavLog log)
{
    private readonly List<string> _notes = [];
    private ExceptionDispatchInfo? _bug;

    public DecodeRequest Request { get; } = request;

    public DecodeLimits Limits => Request.Limits;

    public PayloadBuffer Payload { get; } = context.Payload;

    public ProgressMarks Marks { get; } = context.Marks;

    /// <summary>True once <see cref="ShouldStop"/> said so: the decode was cut short, and whatever it gave is no verdict on the clip.</summary>
    public bool Stopped { get; private set; }

    /// <summary>True once a decoder has been given bytes of the clip, or asked for them.</summary>
    public bool WasRead { get; set; }

    /// <summary>A file, device or address that the clip refers to and that was not opened; null where there is none.</summary>
    public string? RefusedOpen { get; set; }

    /// <summary>What the header says of the track that was opened first; null before one was.</summary>
    public TrackFacts? Track { get; set; }

    /// <summary>The fault of a clip whose bytes could not be read (an error of the storage, not damage); null where they could.</summary>
    public DecoderFault? ReadFault { get; set; }

    /// <summary>The same in words.</summary>
    public string? ReadError => ReadFault?.Message;

    /// <summary>What distrust of FFmpeg found in the clip, in sentences, each once.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>How many messages of <see cref="DamageLogMessages"/> FFmpeg has logged so far.</summary>
    public int AdmittedDamage => log.AdmittedDamage;

    /// <inheritdoc cref="LibavLog.LinesOfThreads"/>
    public int LinesOfThreads => log.LinesOfThreads;

    /// <inheritdoc cref="LibavLog.DamageOfThreads"/>
    public int DamageOfThreads => log.DamageOfThreads;

    /// <summary>Keeps a sentence about the clip, unless it is kept already: a decode may open its clip more than once.</summary>
    public void AddNote(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    /// <summary>Asks whether to give up, and remembers the answer. After a bug there is nothing to go on for.</summary>
    public bool ShouldStop() => (Stopped |= context.ShouldStop) || _bug is not null;

    /// <summary>
    /// Keeps what was thrown where FFmpeg had called back. An exception cannot pass through native code and would end the process, as if the clip had crashed
    /// it: FFmpeg gets an error instead, and <see cref="ThrowBug"/> throws it when the decode is back.
    /// </summary>
    public void KeepBug(Exception bug) => _bug ??= ExceptionDispatchInfo.Capture(bug);

    /// <summary>Throws what was kept, with the stack that it had; does nothing where nothing was.</summary>
    public void ThrowBug() => (_bug ?? log.Bug)?.Throw();

    public DecoderFault Fault(FaultKind kind, string message) => new(kind, Marks.Stage, message);

    /// <summary>
    /// The fault behind an error number of FFmpeg's. Where there was a read error, a refused file or a refused picture size, that is the cause.
    /// </summary>
    public DecoderFault FaultOf(int error, string doing)
    {
        if (ReadFault is not null)
        {
            return ReadFault;
        }

        if (RefusedOpen is not null)
        {
            return Fault(FaultKind.Unsupported, $"The clip leads to {RefusedOpen}, and formats that lead to other files are refused.");
        }

        return PixelFault() ?? Fault(
            error == ffmpeg.AVERROR_PATCHWELCOME ? FaultKind.Unsupported : FaultKind.Corrupt, $"{doing}: {LibavError.Describe(error)}.");
    }

    /// <summary>The fault of a stream whose samples lie in another file; null where they lie in this one.</summary>
    public DecoderFault? ElsewhereFault(int stream) => log.StreamsElsewhere.Contains(stream)
        ? Fault(FaultKind.Unsupported, $"Stream {stream} of the clip leads to another file, and clips that lead to other files are refused.")
        : null;

    /// <summary>The fault of an animation whose pictures the decoder skips; null where there is none.</summary>
    public DecoderFault? AnimationFault() => log.SkippedAnimation
        ? Fault(
            FaultKind.Unsupported,
            "This FFmpeg decodes no WebP animations; of one that is given as an image, the first picture can be had where it fills the canvas.")
        : null;

    /// <summary>
    /// The fault of a picture whose claimed size FFmpeg refused; null where there was none. A size of nothing is over no limit: the header is wrong.
    /// </summary>
    public DecoderFault? PixelFault() => log.RefusedSize switch
    {
        null => null,
        ( <= 0, _) or (_, <= 0) => Fault(FaultKind.Corrupt, $"The header claims a picture of {log.RefusedSize.Value.Width}×{log.RefusedSize.Value.Height}."),
        var (width, height) => PixelFault(width, height),
    };

    /// <inheritdoc cref="LibavLog.TryOwnLinesOfThreads"/>
    public bool TryOwnLinesOfThreads() => log.TryOwnLinesOfThreads();

    /// <inheritdoc cref="LibavLog.DisownLinesOfThreads"/>
    public void DisownLinesOfThreads() => log.DisownLinesOfThreads();

    /// <summary>Forgets of a picture's size that it was refused.</summary>
    public void ForgetRefusedSize() => log.ForgetRefusedSize();

    /// <summary>The fault of a picture over the limit.</summary>
    public DecoderFault PixelFault(long width, long height) =>
        Fault(FaultKind.LimitExceeded, $"A picture of {width}×{height} is over the limit of {Limits.MaxFramePixels} pixels.");

    /// <summary>The fault of a clip that is longer than the limit; null where it is not, or its length is not known.</summary>
    public DecoderFault? DurationFault(double? seconds) => Limits.MaxDuration is { } max && seconds > max.TotalSeconds
        ? Fault(
            FaultKind.LimitExceeded,
            string.Create(CultureInfo.InvariantCulture, $"The clip lasts at least {seconds:0.###} s, longer than the limit of {max.TotalSeconds:0.###} s."))
        : null;

    public DecoderFault PayloadFault(string what) =>
        Fault(FaultKind.LimitExceeded, $"{what} is over the limit of {Payload.Capacity} bytes.");
}

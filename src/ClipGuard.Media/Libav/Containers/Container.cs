using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Containers.Claims;
using ClipGuard.Media.Libav.Distrust;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>An open container. Streams that were not asked for are discarded. Owns its bytes.</summary>
internal sealed unsafe class Container : IDisposable
{
    private const int PermissionDenied = 13;
    private const int FromHere = 1;

    private readonly DecodeState _session;
    private readonly AvioStream _stream;
    private GCHandle _sessionHandle;
    private AVFormatContext* _format;
    private string? _formatName;
    private HeifMainPicture? _item;
    private bool _knowsItem;
    private HashSet<int>? _besides;

    private Container(DecodeState session, AvioStream stream)
    {
        _session = session;
        _stream = stream;
        _sessionHandle = GCHandle.Alloc(session);
    }

    public AVFormatContext* Format => _format;

    /// <summary>The encoded bytes that it is read from.</summary>
    public ClipBytes Bytes => _stream.Bytes;

    /// <summary>The demuxer's name, as in <c>matroska,webm</c>.</summary>
    public string FormatName => _formatName ??= DemuxerChoice.NameOf(_format->iformat);

    /// <summary>True where the container's clock is known to be wrong (<see cref="Distrusted.IgnoresClock"/>).</summary>
    public bool IgnoresClock { get; private init; }

    /// <summary>How many samples of each channel the audio has where FFmpeg would cut it wrongly (<see cref="Distrusted.Samples"/>); null elsewhere.</summary>
    public long? Samples { get; private init; }

    /// <summary>
    /// Where the clip is a chain of clips, of which this is one: each one's first byte and length. Null elsewhere, and for a link of a chain.
    /// </summary>
    public IReadOnlyList<(long Start, long Length)>? Links { get; private init; }

    /// <summary>True for MP4, QuickTime and their kin.</summary>
    public bool IsMov => FormatName.StartsWith("mov,", StringComparison.Ordinal);

    /// <summary>True for Matroska and WebM.</summary>
    public bool IsMatroska => FormatName.StartsWith("matroska,", StringComparison.Ordinal);

    /// <summary>True for AVI.</summary>
    public bool IsAvi => FormatName == "avi";

    /// <summary>True for a single picture: FFmpeg's demuxers of those are called png_pipe, jpeg_pipe, image2pipe. Its yuv4mpegpipe reads films.</summary>
    public bool IsOnePicture => FormatName.EndsWith("_pipe", StringComparison.Ordinal) || FormatName == "image2pipe";

    /// <summary>The main picture of an AVIF or HEIC file without tracks; null for all other files.</summary>
    public HeifMainPicture? Item
    {
        get
        {
            if (!_knowsItem)
            {
                (_knowsItem, _item) = (true, Picture ?? (IsMov && IsoBox.Find(Bytes, 0, Bytes.Length, "moov"u8) is null ? HeifMainPicture.Main(Bytes) : null));
            }

            return _item;
        }
    }

    /// <summary>The main picture of an AVIF or HEIC file whose bytes tell of a part of it alone (<see cref="Distrusted.Picture"/>); null elsewhere.</summary>
    public HeifMainPicture? Picture { get; private init; }

    /// <summary>Indexes of streams that are none of the clip's (<see cref="HeifSecondaryStreams"/>).</summary>
    public HashSet<int> Besides => _besides ??= HeifSecondaryStreams.Find(this);

    /// <summary>True where the sample aspect ratio is a print density or obsolete (pictures, GIF, APNG): pixels are taken for square, as in Pillow.</summary>
    public bool HasPrintDensity => IsOnePicture || FormatName is "gif" or "apng";

    /// <summary>Opens a clip and finds out what is in it.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="source">Where the bytes are.</param>
    /// <param name="wanted">The kind of stream that is not discarded; null keeps all but attached pictures.</param>
    /// <param name="container">The container where there is no fault; the caller disposes it.</param>
    /// <param name="link">Which link of a chained clip is opened; null for the first, or the whole.</param>
    public static DecoderFault? Open(
        DecodeState session, ClipSource source, AVMediaType? wanted, out Container? container, (long Start, long Length)? link = null)
    {
        container = null;
        session.Marks.Enter(DecodeStage.Open);
        if (ClipBytes.Open(session, source, out ClipBytes? bytes) is { } unreadable)
        {
            return unreadable;
        }

        ClipBytes trusted = link is { } part ? new SubfileBytes(bytes!, part.Start, part.Length) : bytes!;
        if (DistrustRules.Apply(session, wanted, ref trusted, out List<Distrusted> findings) is { } distrusted)
        {
            trusted.Dispose();
            return distrusted;
        }

        var opened = new Container(session, new AvioStream(session, trusted))
        {
            IgnoresClock = findings.Exists(found => found.IgnoresClock),
            Samples = findings.Find(found => found.Samples is not null)?.Samples,
            Links = findings.Find(found => found.Links is not null)?.Links,
            Picture = findings.Find(found => found.Picture is not null)?.Picture,
        };
        if ((opened.OpenHeader(wanted) ?? StreamProbe.Run(session, opened, wanted)) is { } fault)
        {
            opened.Dispose();
            return fault;
        }

        container = opened;
        return null;
    }

    /// <summary>
    /// The duration in seconds that the header gives a stream, or else the whole clip; null where it gives none, or FFmpeg estimated it from the bit rate.
    /// </summary>
    public double? SecondsOf(AVStream* stream) =>
        _format->duration_estimation_method == AVDurationEstimationMethod.AVFMT_DURATION_FROM_BITRATE ? null
        : stream != null && stream->duration > 0 ? (double)stream->duration * stream->time_base.num / stream->time_base.den
        : _format->duration > 0 ? (double)_format->duration / ffmpeg.AV_TIME_BASE
        : null;

    /// <summary>
    /// Frames a second that a stream is told to have on average; 0/0 where nothing tells. Of a bare stream it is the codec's: FFmpeg 7 and later give the
    /// demuxer's default, 25, for the average.
    /// </summary>
    public AVRational FrameRateOf(AVStream* stream) =>
        (_format->iformat->flags & ffmpeg.AVFMT_NOTIMESTAMPS) != 0 && ffmpeg.av_guess_frame_rate(_format, stream, null) is { num: > 0, den: > 0 } guessed
            ? guessed
            : stream->avg_frame_rate;

    /// <summary>Whether an error that came in place of a packet is the end of the file (<see cref="DemuxerEndOfFile"/>).</summary>
    public bool IsEnd(int error) => DemuxerEndOfFile.IsEnd(FormatName, error, IsAllRead);

    /// <summary>True where no byte is left behind the packet that was read last.</summary>
    public bool IsAllRead => ffmpeg.avio_seek(_stream.Io, 0, FromHere) >= Bytes.Length;

    /// <summary>The index of a stream by its number among those of its kind, attached pictures not counted; -1 where there is none.</summary>
    public int StreamNumber(AVMediaType kind, int number)
    {
        for (uint i = 0; i < _format->nb_streams; i++)
        {
            AVStream* stream = _format->streams[i];
            if (stream->codecpar->codec_type == kind && (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) == 0
                && !Besides.Contains((int)i) && number-- == 0)
            {
                return (int)i;
            }
        }

        return -1;
    }

    /// <summary>True for a picture that is known to have more pixels than are allowed.</summary>
    public static bool IsOversized(DecodeState session, long width, long height) =>
        width > 0 && height > 0 && (Int128)width * height > session.Limits.MaxFramePixels;

    /// <summary>Discards all streams but one.</summary>
    public void KeepOnly(int index)
    {
        for (uint i = 0; i < _format->nb_streams; i++)
        {
            _format->streams[i]->discard = i == index ? AVDiscard.AVDISCARD_DEFAULT : AVDiscard.AVDISCARD_ALL;
        }
    }

    /// <summary>
    /// Makes reading a scan of a stream's index: packets come with their times, sizes and flags, but are zeros, and their bytes are not read from the file.
    /// To be called right before a jump.
    /// </summary>
    /// <param name="bytes">The stream's bytes; null ends the scan.</param>
    public void ScanIndex(PacketByteRanges? bytes)
    {
        _stream.Blank(bytes);

        // Parsers are off during a scan, since they would look for headers among the zeros. A parser that is in use is closed by the jump that follows.
        _format->flags = bytes is null ? _format->flags & ~ffmpeg.AVFMT_FLAG_NOPARSE : _format->flags | ffmpeg.AVFMT_FLAG_NOPARSE;
    }

    public void Dispose()
    {
        AVFormatContext* format = _format;
        ffmpeg.avformat_close_input(&format);
        _format = null;
        _stream.Dispose();
        if (_sessionHandle.IsAllocated)
        {
            _sessionHandle.Free();
        }
    }

    private DecoderFault? OpenHeader(AVMediaType? wanted)
    {
        if ((DemuxerChoice.Find(_session, _stream, out AVInputFormat* demuxer) ?? JudgeClaims(DemuxerChoice.NameOf(demuxer), wanted)) is { } fault)
        {
            return fault;
        }

        if (FirstPacketPictureSize.IsAllThatTells(DemuxerChoice.NameOf(demuxer), wanted) && JudgeFirstPacket(demuxer, wanted) is { } oversized)
        {
            return oversized;
        }

        int error = _format != null ? 0 : OpenInput(demuxer);
        return error >= 0 ? null
            : HeifMainPicture.Main(Bytes) is { Coding: not "av01" } item
                ? _session.Fault(FaultKind.Unsupported, $"This FFmpeg reads no pictures that are coded as {item.Coding} (HEIC).")
            : _session.FaultOf(error, "The container's header could not be read");
    }

    private int OpenInput(AVInputFormat* demuxer)
    {
        AVFormatContext* format = ffmpeg.avformat_alloc_context();
        format->pb = _stream.Io;
        format->opaque = (void*)GCHandle.ToIntPtr(_sessionHandle);
        format->error_recognition = ffmpeg.AV_EF_CRCCHECK;
        format->interrupt_callback = new AVIOInterruptCB
        {
            callback = new AVIOInterruptCB_callback_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&AskToStop },
            opaque = (void*)GCHandle.ToIntPtr(_sessionHandle),
        };
        format->io_open = new AVFormatContext_io_open_func
        {
            Pointer = (nint)(delegate* unmanaged[Cdecl]<AVFormatContext*, AVIOContext**, byte*, int, AVDictionary**, int>)&RefuseOpen,
        };

        // On an error libavformat frees the context itself and leaves a null.
        int error = ffmpeg.avformat_open_input(&format, _stream.Bytes.Name, demuxer, null);
        _format = format;
        return error;
    }

    // The container is opened for this alone: a packet that was read is not there for probing any more. What FFmpeg says of it, it will say again. Only where a
    // picture is too large and its sound is wanted the container stays open, because probing decodes whatever it does not know to be discarded.
    private DecoderFault? JudgeFirstPacket(AVInputFormat* demuxer, AVMediaType? wanted)
    {
        using LibavLog.MutedLog muted = LibavLog.Mute();
        (long Width, long Height)? size = OpenInput(demuxer) >= 0 ? FirstPacketPictureSize.SizeOf(_format) : null;
        bool isOversized = size is var (width, height) && IsOversized(width, height);
        if (isOversized && wanted == AVMediaType.AVMEDIA_TYPE_AUDIO && ffmpeg.avformat_seek_file(_format, -1, 0, 0, 0, ffmpeg.AVSEEK_FLAG_BYTE) >= 0)
        {
            return null;
        }

        AVFormatContext* format = _format;
        ffmpeg.avformat_close_input(&format);
        _format = null;
        ffmpeg.avio_seek(_stream.Io, 0, 0);
        return isOversized && wanted != AVMediaType.AVMEDIA_TYPE_AUDIO ? _session.PixelFault(size!.Value.Width, size.Value.Height) : null;
    }

    // What the file claims of itself, before FFmpeg takes time and memory for it.
    private DecoderFault? JudgeClaims(string demuxer, AVMediaType? wanted) =>
        demuxer.StartsWith("mov,", StringComparison.Ordinal) ? FragmentClaims.Judge(_session, _stream.Bytes)
        : wanted != AVMediaType.AVMEDIA_TYPE_AUDIO && ClaimedPicture.SizeOf(_stream.Bytes, demuxer) is var (width, height) && IsOversized(width, height)
            ? _session.PixelFault(width, height)
        : null;

    private bool IsOversized(long width, long height) => IsOversized(_session, width, height);

    private static DecodeState SessionOf(void* handle) => (DecodeState)GCHandle.FromIntPtr((nint)handle).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int AskToStop(void* handle)
    {
        DecodeState session = SessionOf(handle);
        try
        {
            return session.ShouldStop() ? 1 : 0;
        }
#pragma warning disable CA1031 // It must not pass into native code; it is thrown when the decode is back.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            session.KeepBug(bug);
            return 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int RefuseOpen(AVFormatContext* format, AVIOContext** stream, byte* url, int flags, AVDictionary** options)
    {
        SessionOf(format->opaque).RefusedOpen = Marshal.PtrToStringUTF8((nint)url);
        return ffmpeg.AVERROR(PermissionDenied);
    }
}

using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Distrust;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>Which of FFmpeg's demuxers reads a clip, by its content and its name; and which clips are not to be read, for what their format is.</summary>
internal static unsafe class DemuxerChoice
{
    // What libavformat's vote gives a demuxer for the file's name alone (AVPROBE_SCORE_EXTENSION).
    private const int ScoreOfName = 50;

    /// <summary>Finds the demuxer. The clip is at its beginning afterwards.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="stream">The clip's bytes.</param>
    /// <param name="demuxer">The demuxer where there is no fault.</param>
    public static DecoderFault? Find(DecodeState session, AvioStream stream, out AVInputFormat* demuxer)
    {
        demuxer = null;
        if (RefusedFormats.FindPlaylist(stream.Bytes) is { } playlist)
        {
            return Refuse(session, playlist);
        }

        AVInputFormat* found = null;
        int error = ffmpeg.av_probe_input_buffer2(stream.Io, &found, stream.Bytes.Name, null, 0, 0);
        if (error >= 0 && RefusedFormats.OpensByName(NameOf(found)))
        {
            // That demuxer was chosen for the file's name alone. Without a name the content decides, and demuxers that read from a stream are found.
            error = FindByContent(stream, &found);
            bool isGuessed = error is >= 0 and <= ScoreOfName && !NameOf(found).EndsWith("pipe", StringComparison.Ordinal);
            if (isGuessed || error == ffmpeg.AVERROR_INVALIDDATA)
            {
                // Some pictures cannot be recognised by their content (SVG without an XML declaration, TGA), or resemble another format. "image2pipe" chooses
                // the decoder by the name, which outweighs such a guess, and reads from the stream.
                found = ffmpeg.av_find_input_format("image2pipe");
                error = (int)Math.Min(0, ffmpeg.avio_seek(stream.Io, 0, 0));
            }
        }

        demuxer = found;
        return error < 0 ? session.FaultOf(error, "No format that FFmpeg reads was recognised") : Judge(session, stream.Bytes, NameOf(found));
    }

    /// <summary>A demuxer's name, as in <c>matroska,webm</c>.</summary>
    public static string NameOf(AVInputFormat* demuxer) => Marshal.PtrToStringUTF8((nint)demuxer->name) ?? string.Empty;

    // libavformat believes that a JPEG is one when it has seen its end, and asks all its demuxers about ever more of it until then.
    private static int FindByContent(AvioStream stream, AVInputFormat** found)
    {
        ffmpeg.avio_seek(stream.Io, 0, 0);
        *found = JpegHeader.Begins(stream.Bytes) ? ffmpeg.av_find_input_format("jpeg_pipe") : null;
        return *found != null ? 0 : ffmpeg.av_probe_input_buffer2(stream.Io, found, string.Empty, null, 0, 0);
    }

    private static DecoderFault? Judge(DecodeState session, ClipBytes bytes, string demuxer)
    {
        if (RefusedFormats.Find(demuxer) is { } refused)
        {
            return Refuse(session, refused);
        }

        if (FalseAmr.FindWrong(demuxer, bytes) is { } unknown)
        {
            return session.Fault(FaultKind.Unsupported, unknown);
        }

        return session.Limits.AllowedFormats is { } allowed && !demuxer.Split(',').Any(allowed.Contains)
            ? session.Fault(FaultKind.Unsupported, $"The format {demuxer} is not among those allowed: {string.Join(", ", allowed)}.")
            : null;
    }

    private static DecoderFault Refuse(DecodeState session, string format) =>
        session.Fault(FaultKind.Unsupported, $"The format {format} leads to other files, devices or addresses, and is refused.");
}

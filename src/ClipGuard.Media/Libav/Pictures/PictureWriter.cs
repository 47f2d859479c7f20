using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Writes decoded frames into the payload as upright RGB pictures of one size. Owns its scaler and its memory for turned pictures.</summary>
internal sealed unsafe class PictureWriter(DecodeSession session) : IDisposable
{
    private const int RgbBytes = 3;
    private const int RgbaBytes = 4;
    private const byte White = 255;
    private const int ScratchAlignment = 64;

    private readonly PictureScaler _scaler = new();
    private byte* _scratch;
    private long _scratchBytes;

    /// <summary>Adds one picture.</summary>
    /// <param name="frame">The decoded frame.</param>
    /// <param name="turn">How it is turned upright.</param>
    /// <param name="width">Width of the upright result in pixels.</param>
    /// <param name="height">Height of the upright result in pixels.</param>
    /// <returns>Null, or why it cannot be written.</returns>
    public DecoderFault? Write(AVFrame* frame, DisplayTurn turn, int width, int height)
    {
        session.Marks.Enter(DecodeStage.Convert);
        if (!session.Payload.TryTake((long)width * height * RgbBytes, out byte* target))
        {
            return session.PayloadFault($"A result of {width}×{height} pixels a frame");
        }

        (int scaledWidth, int scaledHeight) = turn.Sideways ? (height, width) : (width, height);
        bool written = HasAlpha(frame)
            ? WriteOverBackground(frame, turn, scaledWidth, scaledHeight, target)
            : WriteOpaque(frame, turn, scaledWidth, scaledHeight, target);
        return written
            ? null
            : session.Fault(FaultKind.Unsupported, $"Pictures in the pixel format {ffmpeg.av_get_pix_fmt_name((AVPixelFormat)frame->format)} cannot be converted to RGB.");
    }

    public void Dispose()
    {
        _scaler.Dispose();
        NativeMemory.AlignedFree(_scratch);
        _scratch = null;
    }

    private bool WriteOpaque(AVFrame* frame, DisplayTurn turn, int width, int height, byte* target)
    {
        if (turn.IsUpright)
        {
            return _scaler.Scale(frame, width, height, AVPixelFormat.AV_PIX_FMT_RGB24, target, width * RgbBytes);
        }

        byte* scaled = Scratch((long)width * height * RgbBytes);
        if (!_scaler.Scale(frame, width, height, AVPixelFormat.AV_PIX_FMT_RGB24, scaled, width * RgbBytes))
        {
            return false;
        }

        PixelMoves.Turn(scaled, width, height, RgbBytes, turn, target);
        return true;
    }

    private bool WriteOverBackground(AVFrame* frame, DisplayTurn turn, int width, int height, byte* target)
    {
        long pixels = (long)width * height;
        byte* scaled = Scratch(pixels * (RgbaBytes + RgbBytes));
        if (!_scaler.Scale(frame, width, height, AVPixelFormat.AV_PIX_FMT_RGBA, scaled, width * RgbaBytes))
        {
            return false;
        }

        byte* flat = turn.IsUpright ? target : scaled + (pixels * RgbaBytes);
        PixelMoves.Flatten(scaled, pixels, White, flat);
        if (!turn.IsUpright)
        {
            PixelMoves.Turn(flat, width, height, RgbBytes, turn, target);
        }

        return true;
    }

    private byte* Scratch(long bytes)
    {
        if (bytes > _scratchBytes)
        {
            NativeMemory.AlignedFree(_scratch);
            _scratch = null;
            _scratch = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, ScratchAlignment);
            _scratchBytes = bytes;
        }

        return _scratch;
    }

    private static bool HasAlpha(AVFrame* frame)
    {
        // A palette may hold transparent colours.
        var format = (AVPixelFormat)frame->format;
        AVPixFmtDescriptor* description = ffmpeg.av_pix_fmt_desc_get(format);
        return format == AVPixelFormat.AV_PIX_FMT_PAL8 || (description != null && (description->flags & ffmpeg.AV_PIX_FMT_FLAG_ALPHA) != 0);
    }
}

using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Streams;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>Lays decoded frames out as the planes of one shape, upright and without gaps, scaled and converted where they are not of that shape.</summary>
internal sealed unsafe class FramePacker : IDisposable
{
    /// <summary>Bytes before a frame that the caller may use.</summary>
    public const int Headroom = 64;

    private const int Planes = 3;

    private readonly VideoShape _shape;
    private readonly VideoShape _lying;
    private readonly DisplayRotation _turn;
    private readonly PlanarScaler _scaler;
    private readonly byte* _memory;

    /// <summary>A packer for frames of one clip.</summary>
    /// <param name="format">What to write.</param>
    /// <param name="turn">How the clip's frames are turned upright.</param>
    public FramePacker(VideoFormat format, DisplayRotation turn)
    {
        _shape = format.Shape;
        _turn = turn;
        _lying = turn.Sideways ? _shape with { Width = _shape.Height, Height = _shape.Width } : _shape;
        _scaler = new PlanarScaler(_lying, format.Scaler);
        FrameBytes = _shape.FrameBytes();
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(FrameBytes + Headroom), Headroom);
    }

    /// <summary>First byte of the frame that was packed last.</summary>
    public byte* Frame => _memory + Headroom;

    /// <summary>Bytes of a frame.</summary>
    public long FrameBytes { get; }

    /// <summary>Packs a frame.</summary>
    /// <returns>False where libswscale cannot convert such frames.</returns>
    public bool Pack(AVFrame* frame)
    {
        var format = (AVPixelFormat)frame->format;
        bool asItIs = frame->width == _lying.Width && frame->height == _lying.Height
            && PixelFormatMapping.AreSame(format, _shape)
            && PixelFormatMapping.IsFullRange(frame->color_range, format) == _shape.FullRange;
        if (!asItIs && !_scaler.Scale(frame))
        {
            return false;
        }

        byte* target = Frame;
        for (uint plane = 0; plane < Planes; plane++)
        {
            byte* source = asItIs ? frame->data[plane] : _scaler.Plane(plane);
            long stride = asItIs ? frame->linesize[plane] : _scaler.Stride(plane);
            int width = plane == 0 ? _lying.Width : _lying.ChromaWidth;
            int height = plane == 0 ? _lying.Height : _lying.ChromaHeight;
            Copy(source, stride, width, height, target);
            target += (long)width * height * _shape.SampleBytes;
        }

        return true;
    }

    public void Dispose()
    {
        _scaler.Dispose();
        NativeMemory.AlignedFree(_memory);
    }

    private void Copy(byte* source, long stride, int width, int height, byte* target)
    {
        if (!_turn.IsUpright)
        {
            PlaneRotation.Turn(source, stride, width, height, _shape.SampleBytes, _turn, target);
            return;
        }

        long rowBytes = (long)width * _shape.SampleBytes;
        for (int y = 0; y < height; y++)
        {
            Buffer.MemoryCopy(source + (y * stride), target + (y * rowBytes), rowBytes, rowBytes);
        }
    }
}

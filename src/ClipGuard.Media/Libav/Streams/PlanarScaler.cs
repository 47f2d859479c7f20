using System.Runtime.InteropServices;

using ClipGuard.Media.Streams;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>Scales and converts frames to the planes of one shape, as ffmpeg's scale filter does. Owns libswscale's context and the planes.</summary>
internal sealed unsafe class PlanarScaler(VideoShape shape, ScalingFilter filter) : IDisposable
{
    private const int Planes = 4;
    private const int Alignment = 64;

    private readonly byte*[] _source = new byte*[Planes];
    private readonly int[] _sourceStride = new int[Planes];
    private readonly byte*[] _target = new byte*[Planes];
    private readonly int[] _targetStride = new int[Planes];
    private byte* _memory;
    private SwsContext* _sws;
    private (int Width, int Height, int Format, AVColorSpace Space, bool FullRange) _setting;

    /// <summary>First row of a plane that was written.</summary>
    public byte* Plane(uint plane) => _target[plane];

    /// <summary>Bytes from one row of a plane to the next.</summary>
    public long Stride(uint plane) => _targetStride[plane];

    /// <summary>Scales a frame.</summary>
    /// <returns>False where libswscale cannot convert such frames.</returns>
    public bool Scale(AVFrame* frame)
    {
        var format = (AVPixelFormat)frame->format;
        var setting = (frame->width, frame->height, frame->format, frame->colorspace, PixelFormatMapping.IsFullRange(frame->color_range, format));
        if (_sws == null || setting != _setting)
        {
            _setting = setting;
            if (!Open(frame))
            {
                return false;
            }
        }

        for (uint i = 0; i < Planes; i++)
        {
            _source[i] = frame->data[i];
            _sourceStride[i] = frame->linesize[i];
        }

        return ffmpeg.sws_scale(_sws, _source, _sourceStride, 0, frame->height, _target, _targetStride) == shape.Height;
    }

    public void Dispose()
    {
        ffmpeg.sws_freeContext(_sws);
        _sws = null;
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private bool Open(AVFrame* frame)
    {
        Dispose();
        MakePlanes();
        AVPixelFormat target = PixelFormatMapping.Of(shape);
        _sws = ffmpeg.sws_alloc_context();
        Set("srcw", frame->width);
        Set("srch", frame->height);
        Set("src_format", frame->format);
        Set("dstw", shape.Width);
        Set("dsth", shape.Height);
        Set("dst_format", (long)target);
        Set("sws_flags", Flags(filter));
        Set("src_range", _setting.FullRange ? 1 : 0);
        Set("dst_range", shape.FullRange ? 1 : 0);

        // The vertical chroma position of 4:2:0 by MPEG-2's convention, which ffmpeg's scale filter sets too.
        if (frame->format == (int)AVPixelFormat.AV_PIX_FMT_YUV420P)
        {
            Set("src_v_chr_pos", 128);
        }

        if (target == AVPixelFormat.AV_PIX_FMT_YUV420P)
        {
            Set("dst_v_chr_pos", 128);
        }

        return ffmpeg.sws_init_context(_sws, null, null) >= 0;
    }

    // Rows are padded, because libswscale may write beyond the end of a row.
    private void MakePlanes()
    {
        long total = 0;
        long* starts = stackalloc long[3];
        for (int plane = 0; plane < 3; plane++)
        {
            int width = plane == 0 ? shape.Width : shape.ChromaWidth;
            int height = plane == 0 ? shape.Height : shape.ChromaHeight;
            _targetStride[plane] = (((width * shape.SampleBytes) + Alignment - 1) / Alignment * Alignment) + Alignment;
            starts[plane] = total;
            total += (long)_targetStride[plane] * (height + 1);
        }

        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)total, Alignment);
        for (int plane = 0; plane < 3; plane++)
        {
            _target[plane] = _memory + starts[plane];
        }
    }

    private void Set(string option, long value) => _ = ffmpeg.av_opt_set_int(_sws, option, value, 0);

    private static int Flags(ScalingFilter filter) => filter switch
    {
        ScalingFilter.Bilinear => ffmpeg.SWS_BILINEAR,
        ScalingFilter.Lanczos => ffmpeg.SWS_LANCZOS,
        ScalingFilter.Spline => ffmpeg.SWS_SPLINE,
        ScalingFilter.Area => ffmpeg.SWS_AREA,
        ScalingFilter.Point => ffmpeg.SWS_POINT,
        _ => ffmpeg.SWS_BICUBIC,
    };
}

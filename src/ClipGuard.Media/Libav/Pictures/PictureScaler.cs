using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Converts decoded frames of one clip to packed 8-bit pixels of one size. Owns libswscale's context.</summary>
internal sealed unsafe class PictureScaler : IDisposable
{
    private const int Planes = 4;

    private readonly byte*[] _source = new byte*[Planes];
    private readonly int[] _sourceStride = new int[Planes];
    private readonly byte*[] _target = new byte*[Planes];
    private readonly int[] _targetStride = new int[Planes];
    private SwsContext* _sws;
    private (int Width, int Height, int Format, AVColorSpace Space, AVColorRange Range, int TargetWidth, int TargetHeight, AVPixelFormat TargetFormat) _setting;

    /// <summary>Scales a frame into <paramref name="pixels"/>.</summary>
    /// <returns>False where libswscale cannot convert such frames.</returns>
    public bool Scale(AVFrame* frame, int width, int height, AVPixelFormat format, byte* pixels, int strideBytes)
    {
        var setting = (frame->width, frame->height, frame->format, frame->colorspace, frame->color_range, width, height, format);
        if (_sws == null || setting != _setting)
        {
            _setting = setting;
            if (!Open(frame, width, height, format))
            {
                return false;
            }
        }

        for (uint i = 0; i < Planes; i++)
        {
            _source[i] = frame->data[i];
            _sourceStride[i] = frame->linesize[i];
        }

        _target[0] = pixels;
        _targetStride[0] = strideBytes;
        return ffmpeg.sws_scale(_sws, _source, _sourceStride, 0, frame->height, _target, _targetStride) == height;
    }

    public void Dispose()
    {
        ffmpeg.sws_freeContext(_sws);
        _sws = null;
    }

    private bool Open(AVFrame* frame, int width, int height, AVPixelFormat format)
    {
        Dispose();
        const int Flags = ffmpeg.SWS_BICUBIC | ffmpeg.SWS_ACCURATE_RND | ffmpeg.SWS_FULL_CHR_H_INT;
        _sws = ffmpeg.sws_getContext(frame->width, frame->height, (AVPixelFormat)frame->format, width, height, format, Flags, null, null, null);
        if (_sws == null)
        {
            return false;
        }

        // Frames that name no matrix are BT.601, as the ffmpeg program takes them.
        int_array4 source = Coefficients(MatrixOf(frame->colorspace));
        int_array4 target = Coefficients(ffmpeg.SWS_CS_DEFAULT);
        int fullRange = frame->color_range == AVColorRange.AVCOL_RANGE_JPEG || IsFullRangeFormat((AVPixelFormat)frame->format) ? 1 : 0;
        const int One = 1 << 16;
        _ = ffmpeg.sws_setColorspaceDetails(_sws, in source, fullRange, in target, 1, 0, One, One);
        return true;
    }

    private static int MatrixOf(AVColorSpace space) => space switch
    {
        AVColorSpace.AVCOL_SPC_BT709 => ffmpeg.SWS_CS_ITU709,
        AVColorSpace.AVCOL_SPC_BT2020_NCL or AVColorSpace.AVCOL_SPC_BT2020_CL => ffmpeg.SWS_CS_BT2020,
        AVColorSpace.AVCOL_SPC_FCC => ffmpeg.SWS_CS_FCC,
        AVColorSpace.AVCOL_SPC_SMPTE240M => ffmpeg.SWS_CS_SMPTE240M,
        _ => ffmpeg.SWS_CS_DEFAULT,
    };

    // The J formats of old are full range by name.
    private static bool IsFullRangeFormat(AVPixelFormat format) => format is AVPixelFormat.AV_PIX_FMT_YUVJ420P or AVPixelFormat.AV_PIX_FMT_YUVJ422P
        or AVPixelFormat.AV_PIX_FMT_YUVJ444P or AVPixelFormat.AV_PIX_FMT_YUVJ440P or AVPixelFormat.AV_PIX_FMT_YUVJ411P;

    private static int_array4 Coefficients(int space)
    {
        int* values = ffmpeg.sws_getCoefficients(space);
        int_array4 result = default;
        for (uint i = 0; i < 4; i++)
        {
            result[i] = values[i];
        }

        return result;
    }
}

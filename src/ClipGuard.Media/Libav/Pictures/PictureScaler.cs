using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>
/// Converts pixels to packed 8-bit RGB of one size with libswscale. Owns its context, which is kept while the kind of picture stays the same.
/// </summary>
internal sealed unsafe class PictureScaler : IDisposable
{
    private const int Planes = 4;
    private const int FixedPointOne = 1 << 16;

    private readonly byte*[] _source = new byte*[Planes];
    private readonly int[] _sourceStride = new int[Planes];
    private readonly byte*[] _target = new byte*[Planes];
    private readonly int[] _targetStride = new int[Planes];
    private SwsContext* _sws;
    private Setting _setting;

    /// <summary>Scales into <paramref name="pixels"/>.</summary>
    /// <param name="source">What is scaled.</param>
    /// <param name="width">Pixels of the result.</param>
    /// <param name="height">Pixels of the result.</param>
    /// <param name="format">Its packed format.</param>
    /// <param name="filter">How it is scaled.</param>
    /// <param name="pixels">Where it goes.</param>
    /// <param name="strideBytes">Bytes from row to row.</param>
    /// <returns>False where libswscale cannot convert such pixels.</returns>
    public bool Scale(in PixelSource source, int width, int height, AVPixelFormat format, ScaleFilter filter, byte* pixels, int strideBytes)
    {
        var setting = new Setting(source.Width, source.Height, source.Format, source.Space, source.FullRange, width, height, format, FlagsOf(filter));
        if (_sws == null || setting != _setting)
        {
            _setting = setting;
            if (!Open(source.Space, source.FullRange))
            {
                return false;
            }
        }

        _source[0] = source.Plane0;
        _source[1] = source.Plane1;
        _source[2] = source.Plane2;
        _source[3] = source.Plane3;
        for (int i = 0; i < Planes; i++)
        {
            _sourceStride[i] = source.Strides[i];
        }

        _target[0] = pixels;
        _targetStride[0] = strideBytes;
        return ffmpeg.sws_scale(_sws, _source, _sourceStride, 0, source.Height, _target, _targetStride) == height;
    }

    /// <summary>True for pixels whose colour matrix libswscale can convert from. It converts all others as BT.601, without an error.</summary>
    public static bool Knows(AVPixelFormat format, AVColorSpace space)
    {
        AVPixFmtDescriptor* description = ffmpeg.av_pix_fmt_desc_get(format);
        bool hasMatrix = description != null && description->nb_components >= 3 && (description->flags & ffmpeg.AV_PIX_FMT_FLAG_RGB) == 0;
        return !hasMatrix || space is not (AVColorSpace.AVCOL_SPC_YCGCO or AVColorSpace.AVCOL_SPC_BT2020_CL or AVColorSpace.AVCOL_SPC_SMPTE2085
            or AVColorSpace.AVCOL_SPC_CHROMA_DERIVED_NCL or AVColorSpace.AVCOL_SPC_CHROMA_DERIVED_CL or AVColorSpace.AVCOL_SPC_ICTCP);
    }

    public void Dispose()
    {
        ffmpeg.sws_freeContext(_sws);
        _sws = null;
    }

    // Without accurate rounding and full chroma libswscale takes shortcuts, and values are off by several steps of 255.
    private static int FlagsOf(ScaleFilter filter) => ffmpeg.SWS_ACCURATE_RND | ffmpeg.SWS_FULL_CHR_H_INT | filter switch
    {
        ScaleFilter.Bilinear => ffmpeg.SWS_BILINEAR,
        ScaleFilter.Area => ffmpeg.SWS_AREA,
        _ => ffmpeg.SWS_BICUBIC,
    };

    private bool Open(AVColorSpace space, bool fullRange)
    {
        Dispose();
        _sws = ffmpeg.sws_getContext(
            _setting.Width,
            _setting.Height,
            _setting.Format,
            _setting.TargetWidth,
            _setting.TargetHeight,
            _setting.TargetFormat,
            _setting.Flags,
            null,
            null,
            null);
        if (_sws == null)
        {
            return false;
        }

        // Where a side is RGB its coefficients and range have no effect, and libswscale returns an error for that: it is ignored.
        int_array4 source = Coefficients(MatrixOf(space));
        int_array4 target = Coefficients(ffmpeg.SWS_CS_DEFAULT);
        _ = ffmpeg.sws_setColorspaceDetails(_sws, in source, fullRange ? 1 : 0, in target, 1, 0, FixedPointOne, FixedPointOne);
        return true;
    }

    // Pictures that name no matrix are taken for BT.601, as the ffmpeg program does.
    private static int MatrixOf(AVColorSpace space) => space switch
    {
        AVColorSpace.AVCOL_SPC_BT709 => ffmpeg.SWS_CS_ITU709,
        AVColorSpace.AVCOL_SPC_BT2020_NCL => ffmpeg.SWS_CS_BT2020,
        AVColorSpace.AVCOL_SPC_FCC => ffmpeg.SWS_CS_FCC,
        AVColorSpace.AVCOL_SPC_SMPTE240M => ffmpeg.SWS_CS_SMPTE240M,
        _ => ffmpeg.SWS_CS_DEFAULT,
    };

    private static int_array4 Coefficients(int space)
    {
        int* values = ffmpeg.sws_getCoefficients(space);
        int_array4 result = default;
        for (uint i = 0; i < Planes; i++)
        {
            result[i] = values[i];
        }

        return result;
    }

    private readonly record struct Setting(
        int Width,
        int Height,
        AVPixelFormat Format,
        AVColorSpace Space,
        bool FullRange,
        int TargetWidth,
        int TargetHeight,
        AVPixelFormat TargetFormat,
        int Flags);
}

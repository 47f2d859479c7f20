namespace FFmpeg.AutoGen;

internal enum AVPixelFormat : int
{
    AV_PIX_FMT_NONE = -1,
    AV_PIX_FMT_YUV420P = 0,
    AV_PIX_FMT_RGB24 = 2,
    AV_PIX_FMT_GRAY8 = 8,
    AV_PIX_FMT_PAL8 = 11,
    AV_PIX_FMT_YUVJ420P = 12,
    AV_PIX_FMT_YUVJ422P = 13,
    AV_PIX_FMT_YUVJ444P = 14,
    AV_PIX_FMT_YUVJ440P = 32,
    AV_PIX_FMT_YUVJ411P = 138,
    AV_PIX_FMT_RGBA = 26,
    AV_PIX_FMT_GBRP = 71,
}

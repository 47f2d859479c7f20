namespace FFmpeg.AutoGen;

internal enum AVCodecID : int
{
    AV_CODEC_ID_NONE = 0,
    AV_CODEC_ID_MJPEG = 7,
    AV_CODEC_ID_H264 = 27,
    AV_CODEC_ID_PNG = 61,
    AV_CODEC_ID_TIFF = 96,
    AV_CODEC_ID_VP8 = 139,
    AV_CODEC_ID_WEBP = 171,
    AV_CODEC_ID_MP3 = 86017,
    AV_CODEC_ID_AAC = 86018,
    AV_CODEC_ID_FLAC = 86028,
    AV_CODEC_ID_OPUS = 86076,
}

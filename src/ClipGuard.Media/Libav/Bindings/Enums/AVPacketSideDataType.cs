namespace FFmpeg.AutoGen;

internal enum AVPacketSideDataType : int
{
    AV_PKT_DATA_DISPLAYMATRIX = 5,
    AV_PKT_DATA_SKIP_SAMPLES = 11,
}

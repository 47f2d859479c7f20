namespace FFmpeg.AutoGen;

internal enum AVFrameSideDataType : int
{
    AV_FRAME_DATA_DISPLAYMATRIX = 6,
    AV_FRAME_DATA_SKIP_SAMPLES = 9,
}

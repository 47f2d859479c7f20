namespace FFmpeg.AutoGen;

internal enum AVColorPrimaries : int
{
    AVCOL_PRI_UNSPECIFIED = 2,
}

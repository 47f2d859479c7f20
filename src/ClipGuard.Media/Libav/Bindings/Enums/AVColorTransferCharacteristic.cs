namespace FFmpeg.AutoGen;

internal enum AVColorTransferCharacteristic : int
{
    AVCOL_TRC_UNSPECIFIED = 2,
}

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>Codecs whose number is not the same in every FFmpeg: WebP is 171 up to FFmpeg 8, and 170 in 9.</summary>
internal static unsafe class VersionedCodecIds
{
    public static readonly AVCodecID Webp = Find("webp");

    private static AVCodecID Find(string name)
    {
        AVCodecDescriptor* codec = ffmpeg.avcodec_descriptor_get_by_name(name);
        return codec == null ? AVCodecID.AV_CODEC_ID_NONE : codec->id;
    }
}

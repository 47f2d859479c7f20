using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace FFmpeg.AutoGen;

/// <summary>
/// The part of FFmpeg's interface that the decoders call, from 5.1 to 9, under the names and signatures of the package FFmpeg.AutoGen,
/// so that the same sources compile against either.
/// </summary>
internal static unsafe partial class ffmpeg
{
    public const int EAGAIN = 11;
    public const int EINVAL = 22;

    public const int AV_DISPOSITION_ATTACHED_PIC = 0x400;
    public const int AV_EF_CRCCHECK = 1;
    public const int AV_EF_EXPLODE = 8;
    public const int AV_CODEC_FLAG2_SKIP_MANUAL = 1 << 29;
    public const int AV_FRAME_FLAG_CORRUPT = 1;
    public const int AV_FRAME_FLAG_KEY = 2;
    public const int AV_FRAME_FLAG_INTERLACED = 8;
    public const int AV_LOG_WARNING = 24;
    public const int AV_LOG_INFO = 32;
    public const int AV_DISPOSITION_DEFAULT = 0x1;
    public const int AV_PIX_FMT_FLAG_ALPHA = 0x80;
    public const int AV_PIX_FMT_FLAG_BITSTREAM = 0x4;
    public const int AV_PIX_FMT_FLAG_RGB = 0x20;
    public const int AV_PKT_FLAG_CORRUPT = 2;
    public const int AVSEEK_FLAG_BYTE = 2;
    public const int AV_PKT_FLAG_DISCARD = 4;
    public const int AV_PKT_FLAG_KEY = 1;
    public const int AV_TIME_BASE = 1_000_000;
    public const int AVFMT_FLAG_NOPARSE = 0x20;
    public const int AVFMT_NOTIMESTAMPS = 0x80;

    public const int AVFMT_TS_DISCONT = 0x200;
    public const int AVSEEK_SIZE = 0x10000;
    public const int SWS_ACCURATE_RND = 0x40000;
    public const int SWS_AREA = 0x20;
    public const int SWS_BICUBIC = 4;
    public const int SWS_BILINEAR = 2;
    public const int SWS_CS_BT2020 = 9;
    public const int SWS_CS_DEFAULT = 5;
    public const int SWS_CS_FCC = 4;
    public const int SWS_CS_ITU709 = 1;
    public const int SWS_CS_SMPTE240M = 7;
    public const int SWS_LANCZOS = 0x200;
    public const int SWS_POINT = 0x10;
    public const int SWS_SPLINE = 0x400;
    public const int SWS_FULL_CHR_H_INT = 0x2000;

    public static readonly long AV_NOPTS_VALUE = long.MinValue;
    public static readonly int AVERROR_EOF = Tag('E', 'O', 'F', ' ');
    public static readonly int AVERROR_EXIT = Tag('E', 'X', 'I', 'T');
    public static readonly int AVERROR_PATCHWELCOME = Tag('P', 'A', 'W', 'E');
    public static readonly int AVERROR_INVALIDDATA = Tag('I', 'N', 'D', 'A');

    // Which files these are is chosen when they are loaded.
    private const string Avformat = "avformat";
    private const string Avcodec = "avcodec";
    private const string Avutil = "avutil";
    private const string Swresample = "swresample";
    private const string Swscale = "swscale";

    public static int AVERROR(int code) => -code;

    private static int Tag(char a, char b, char c, char d) => -(a | (b << 8) | (c << 16) | (d << 24));

    private static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8) ?? string.Empty;
}

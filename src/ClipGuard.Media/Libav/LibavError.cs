using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>FFmpeg's error numbers in words.</summary>
internal static unsafe class LibavError
{
    private const int TextBytes = 128;

    public static readonly int TryAgain = ffmpeg.AVERROR(ffmpeg.EAGAIN);

    public static string Describe(int error)
    {
        byte* text = stackalloc byte[TextBytes];
        return ffmpeg.av_strerror(error, text, TextBytes) < 0 ? $"error {error}" : Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>How an image is to be turned, from wherever its format says it.</summary>
internal static unsafe class PictureOrientationReader
{
    private const int PngSignatureBytes = 8;
    private const int PngChunkFrame = 12;

    /// <summary>The turn that the encoded bytes ask for, in the formats whose decoders do not pass it on.</summary>
    public static DisplayRotation OfPacket(AVPacket* packet, AVCodecID codec)
    {
        var bytes = new ReadOnlySpan<byte>(packet->data, packet->size);
        return codec switch
        {
            AVCodecID.AV_CODEC_ID_PNG => ExifOrientation.Turn(ExifOrientation.Read(PngExif(bytes))),
            AVCodecID.AV_CODEC_ID_TIFF => ExifOrientation.Turn(ExifOrientation.Read(bytes)),
            _ => default,
        };
    }

    /// <summary>
    /// The turn that a decoded frame asks for: its display matrix, or else the boxes of its file (AVIF), or else its EXIF metadata as text (WebP).
    /// </summary>
    public static DisplayRotation OfFrame(AVFrame* frame, Track track)
    {
        DisplayRotation turn = DisplayRotation.Of(frame, track.Stream);
        turn = turn.IsUpright && track.Container.Item is { } item ? item.Turn : turn;
        AVDictionaryEntry* entry = turn.IsUpright ? ffmpeg.av_dict_get(frame->metadata, "Orientation", null, 0) : null;
        string? text = entry == null ? null : Marshal.PtrToStringUTF8((nint)entry->value);
        return int.TryParse(text, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int orientation)
            ? ExifOrientation.Turn(orientation)
            : turn;
    }

    private static ReadOnlySpan<byte> PngExif(ReadOnlySpan<byte> png)
    {
        png = png.Length > PngSignatureBytes ? png[PngSignatureBytes..] : default;
        while (png.Length >= PngChunkFrame)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png);
            if (length > png.Length - PngChunkFrame)
            {
                break;
            }

            if (png[4..].StartsWith("eXIf"u8))
            {
                return png.Slice(8, (int)length);
            }

            png = png[((int)length + PngChunkFrame)..];
        }

        return default;
    }
}

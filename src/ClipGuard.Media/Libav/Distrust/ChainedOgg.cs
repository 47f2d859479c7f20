using ClipGuard.Media.Libav.Bytes;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// Ogg files one behind the other in one file (RFC 3533, 4: chaining). libavformat reads over the seam: the first packets of the next file are taken for the
/// former's (Vorbis 128 samples too many, more where the rate changes),
/// the encoder's delay of the next one is not left out where both have the same serial number, and the length is that of one of them.
/// Each is given to FFmpeg as a clip of its own.
/// </summary>
internal sealed class ChainedOgg : IDistrustRule
{
    // A chain shows by the serial number of its last page, unless a writer gives every file the same: up to this length all pages are looked at.
    private const int WholeBytes = 4 << 20;

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        if (wanted == AVMediaType.AVMEDIA_TYPE_VIDEO || !head.StartsWith(OggPageHeader.Mark) || OggPageHeader.Read(bytes, 0) is not { IsFirst: true } first)
        {
            return null;
        }

        // What is multiplexed (a video with its sound) is left to FFmpeg.
        if (OggPageHeader.Read(bytes, first.End) is not { IsFirst: false } second
            || (OggPageHeader.LastSerial(bytes) == first.Serial && bytes.Length > WholeBytes))
        {
            return null;
        }

        List<long> starts = [0];
        bool isBeginning = false;
        for (OggPageHeader? page = second; page is { } at; page = OggPageHeader.Next(bytes, at.End))
        {
            if (at.IsFirst && isBeginning)
            {
                return null;
            }

            if (at.IsFirst)
            {
                starts.Add(at.At);
            }

            isBeginning = at.IsFirst;
        }

        if (starts.Count == 1)
        {
            return null;
        }

        starts.Add(bytes.Length);
        return new Distrusted($"The file is a chain of {starts.Count - 1} Ogg files; each is decoded by itself, and their samples follow each other.")
        {
            Instead = new SubfileBytes(bytes, 0, starts[1]),
            Links = [.. starts.Zip(starts.Skip(1), (from, to) => (from, to - from))],
            IgnoresClock = true,
        };
    }
}

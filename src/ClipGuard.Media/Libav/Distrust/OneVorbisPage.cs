using ClipGuard.Media.Libav.Bytes;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// Vorbis in Ogg whose audio lies on one page. libavformat gives the first packet, of which no samples come, the time 0 there,
/// so that all samples are late by its length and the last ones are cut off. The page says how many there are; FFmpeg is told to cut nothing.
/// (Opus, FLAC and Speex on one page come out right.)
/// </summary>
internal sealed class OneVorbisPage : IDistrustRule
{
    private const int Headers = 3;
    private const int MaxHeaderPages = 256;

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        if (wanted == AVMediaType.AVMEDIA_TYPE_VIDEO || !head.StartsWith(OggPageHeader.Mark) || head[..Math.Min(head.Length, 64)].IndexOf("\x01vorbis"u8) < 0)
        {
            return null;
        }

        // The three headers end with a page (Vorbis I, A.2).
        int packets = 0;
        OggPageHeader? page = OggPageHeader.Read(bytes, 0);
        for (int i = 0; i < MaxHeaderPages && page is { } header && packets < Headers; i++)
        {
            packets += header.Packets;
            page = OggPageHeader.Read(bytes, header.End);
        }

        return packets == Headers && page is { IsLast: true, Granule: > 0 } audio && audio.End >= bytes.Length
            ? new Distrusted($"All of the Vorbis audio lies on one page, which counts {audio.Granule} samples; these are delivered.")
            {
                Samples = audio.Granule,
                IgnoresClock = true,
            }
            : null;
    }
}

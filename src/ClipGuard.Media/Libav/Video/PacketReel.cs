using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>
/// All encoded packets of one track, read once and kept. They give every frame's presentation time before anything is decoded,
/// and the decoder is then fed from them. Owns the packets.
/// </summary>
internal sealed unsafe class PacketReel : IDisposable
{
    private readonly List<nint> _packets = [];

    /// <summary>Presentation times of the frames to be shown, ascending, in the track's time base; null where packets do not say them.</summary>
    public long[]? ShownTimes { get; private set; }

    public int Count => _packets.Count;

    public AVPacket* this[int index] => (AVPacket*)_packets[index];

    /// <summary>Reads the whole track.</summary>
    public void Fill(DecodeSession session, Track track)
    {
        List<long> shown = [];
        bool timed = true;
        AVPacket* packet = ffmpeg.av_packet_alloc();
        while (!session.ShouldStop() && track.Read(packet))
        {
            _packets.Add((nint)packet);
            timed &= packet->pts != ffmpeg.AV_NOPTS_VALUE;
            if ((packet->flags & ffmpeg.AV_PKT_FLAG_DISCARD) == 0)
            {
                shown.Add(packet->pts);
            }

            packet = ffmpeg.av_packet_alloc();
        }

        ffmpeg.av_packet_free(&packet);
        CollectionsMarshal.AsSpan(shown).Sort();
        ShownTimes = timed ? [.. shown.Distinct()] : null;
    }

    public void Dispose()
    {
        foreach (nint address in _packets)
        {
            AVPacket* packet = (AVPacket*)address;
            ffmpeg.av_packet_free(&packet);
        }

        _packets.Clear();
    }
}

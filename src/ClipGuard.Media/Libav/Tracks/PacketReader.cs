using ClipGuard.Media.Libav.Containers;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>Reads a track's packets one after the other, and keeps what they tell of the track. In a chained clip it goes on through all links.</summary>
/// <param name="session">The decode.</param>
internal sealed unsafe class PacketReader(DecodeState session)
{
    /// <summary>Packets of this track that were read.</summary>
    public long Packets { get; private set; }

    /// <summary>
    /// Packets that the demuxer marked as damaged, or before which it reported damage in its log.
    /// Packets of PCM do not count: the demuxer marks a short last packet, of which nothing is missing.
    /// </summary>
    public long MarkedPackets { get; private set; }

    /// <summary>Duration of the packet that was read last, in the track's time base; 0 where it is not known.</summary>
    public long LastPacketTicks { get; private set; }

    /// <summary>Where the packet that was read last ends, in the track's time base; null where that is not known.</summary>
    public long? LastPacketEnd { get; private set; }

    /// <summary>The presentation time of the track's first packet, in its time base; null before it was read, or where it has none.</summary>
    public long? FirstPacketTicks { get; private set; }

    /// <summary>The latest presentation time of the packets that were read, in the track's time base; null before there is one.</summary>
    public long? LatestTicks { get; private set; }

    /// <summary>True once the container has no more packets.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>True where the file ended and the demuxer's log says that more was to come.</summary>
    public bool EndsEarly { get; private set; }

    /// <summary>What ended the reading before the container's end; null where nothing did.</summary>
    public string? ReadingBrokeOff { get; private set; }

    /// <summary>Reads the track's next packet into <paramref name="packet"/>, which must be empty.</summary>
    /// <param name="container">The container that the track is read from now.</param>
    /// <param name="stream">The track's stream in it.</param>
    /// <param name="isUncompressed">True for samples as they are (PCM).</param>
    /// <param name="packet">The packet.</param>
    /// <returns>False at the end, or where reading broke off.</returns>
    public bool Read(Container container, AVStream* stream, bool isUncompressed, AVPacket* packet)
    {
        session.Marks.Enter(DecodeStage.Read);
        int admitted = session.AdmittedDamage;
        int error;
        while ((error = ffmpeg.av_read_frame(container.Format, packet)) >= 0)
        {
            session.Marks.AddPacket();
            bool isShort = (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0 && container.IsAllRead;
            if (packet->stream_index == stream->index && !(isShort && DemuxerEndOfFile.IsTrailer(container.FormatName, packet->size)))
            {
                packet->flags &= isShort && DemuxerEndOfFile.MayEndShort(container.FormatName) ? ~ffmpeg.AV_PKT_FLAG_CORRUPT : ~0;
                FirstPacketTicks = Packets++ == 0 && packet->pts != ffmpeg.AV_NOPTS_VALUE ? packet->pts : FirstPacketTicks;
                packet->flags |= session.AdmittedDamage != admitted || IsCutOff(stream, packet) ? ffmpeg.AV_PKT_FLAG_CORRUPT : 0;
                MarkedPackets += (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0 && !isUncompressed ? 1 : 0;
                LastPacketTicks = packet->duration;
                LastPacketEnd = packet->pts == ffmpeg.AV_NOPTS_VALUE ? null : packet->pts + packet->duration;
                LatestTicks = packet->pts == ffmpeg.AV_NOPTS_VALUE ? LatestTicks : Math.Max(LatestTicks ?? packet->pts, packet->pts);
                return true;
            }

            ffmpeg.av_packet_unref(packet);
            if (session.ShouldStop())
            {
                return false;
            }
        }

        // Most demuxers report a read error as the file's end.
        IsAtEnd = container.IsEnd(error) && session.ReadError is null;
        EndsEarly |= IsAtEnd && session.AdmittedDamage != admitted;
        if (!IsAtEnd && !session.Stopped)
        {
            ReadingBrokeOff = session.ReadError ?? LibavError.Describe(error);
        }

        return false;
    }

    /// <summary>The container jumps, or another link is read: the end is not reached any more.</summary>
    public void LeaveEnd() => IsAtEnd = false;

    /// <summary>The track is read from its beginning once more.</summary>
    public void Forget() => (ReadingBrokeOff, EndsEarly, Packets, MarkedPackets) = (null, false, 0, 0);

    /// <summary>Reading cannot go on.</summary>
    /// <param name="reason">Why.</param>
    public void BreakOff(string reason) => ReadingBrokeOff = reason;

    private static bool IsCutOff(AVStream* stream, AVPacket* packet) =>
        stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_GIF && !GifTruncationCheck.AreWhole(new ReadOnlySpan<byte>(packet->data, packet->size));
}

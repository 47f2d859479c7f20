using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>
/// All encoded packets of one track. They tell every frame's presentation time before anything is decoded, and the decoder is
/// then fed from them in any order. Where the container's index lists them they are read only where they are needed; otherwise they are read once
/// and kept, or, of a long track, read again. Owns the packets.
/// </summary>
internal sealed unsafe class PacketIndex : IDisposable
{
    // Beyond this the memory of keeping them would cost more than reading them again.
    private const long MaxKeptBytes = 64L << 20;

    private readonly DecodeSession _session;
    private readonly Track _track;
    private readonly bool _isScanning;
    private readonly List<PacketMark> _marks = [];
    private readonly List<nint> _kept = [];
    private readonly AVPacket* _reread = ffmpeg.av_packet_alloc();
    private int _cursor = -1;

    private PacketIndex(DecodeSession session, Track track, bool skims)
    {
        _session = session;
        _track = track;
        _isScanning = skims;
        Fill();
    }

    public IReadOnlyList<PacketMark> Marks => _marks;

    /// <summary>True once a packet was read that is no key frame and that the container's index takes for one.</summary>
    public bool ContradictsIndex { get; private set; }

    /// <summary>A packet, to be sent before the next is asked for; null where it cannot be read again.</summary>
    public AVPacket* this[int index] => _kept.Count > 0 ? (AVPacket*)_kept[index] : ReadAgain(index);

    /// <summary>Reads the whole track, from where it is.</summary>
    public static PacketIndex Read(DecodeSession session, Track track) => new(session, track, skims: false);

    /// <summary>Goes through the container's index of the track; null where it does not list every packet, or does not tell what must be known.</summary>
    public static PacketIndex? ScanIndex(DecodeSession session, Track track)
    {
        // Whether a VP8 frame is shown is written in the frame itself.
        if (track.Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_VP8 || !track.BeginScan())
        {
            return null;
        }

        var packets = new PacketIndex(session, track, skims: true);
        track.EndScan();
        return packets;
    }

    public void Dispose()
    {
        Forget();
        AVPacket* packet = _reread;
        ffmpeg.av_packet_free(&packet);
    }

    private void Fill()
    {
        long bytes = 0;
        AVPacket* packet = ffmpeg.av_packet_alloc();
        while (!_session.ShouldStop() && _track.Read(packet))
        {
            SetTime(packet);
            int flags = packet->flags | (IsNeverShown(packet) ? ffmpeg.AV_PKT_FLAG_DISCARD : 0);
            _marks.Add(new PacketMark(packet->pts, packet->dts, flags, packet->size) { DurationTicks = packet->duration });
            bytes += packet->size;
            if (bytes <= MaxKeptBytes && !_isScanning)
            {
                _kept.Add((nint)packet);
                packet = ffmpeg.av_packet_alloc();
            }
            else
            {
                Forget();
                ffmpeg.av_packet_unref(packet);
            }
        }

        ffmpeg.av_packet_free(&packet);
    }

    private void Forget()
    {
        foreach (nint address in _kept)
        {
            AVPacket* packet = (AVPacket*)address;
            ffmpeg.av_packet_free(&packet);
        }

        _kept.Clear();
    }

    private AVPacket* ReadAgain(int index)
    {
        if (_cursor != index && !SeekTo(index, _isScanning))
        {
            return null;
        }

        bool mayBeBeyond = _cursor != index && _isScanning;
        _cursor = -1;
        while (!_session.ShouldStop())
        {
            ffmpeg.av_packet_unref(_reread);
            if (!_track.Read(_reread))
            {
                return null;
            }

            if (IsPacket(index, _reread))
            {
                ContradictsIndex |= _isScanning && _marks[index].IsKey && (_reread->flags & ffmpeg.AV_PKT_FLAG_KEY) == 0;
                _cursor = index + 1;
                return _reread;
            }

            if (mayBeBeyond && _reread->dts > _marks[index].DecodeTicks && !SeekTo(index, isPresented: false))
            {
                return null;
            }

            mayBeBeyond = false;
        }

        return null;
    }

    // To the packet or to some place before it; what lies between is read over. MP4's demuxer takes a time for one of presentation: with the decoding time it
    // would land a key frame too early, with the other it may land beyond the packet, where key frames follow each other more closely than frames are reordered.
    private bool SeekTo(int index, bool isPresented)
    {
        PacketMark mark = _marks[index];
        long ticks = mark.Ticks == ffmpeg.AV_NOPTS_VALUE ? mark.DecodeTicks
            : mark.DecodeTicks == ffmpeg.AV_NOPTS_VALUE || isPresented ? mark.Ticks
            : Math.Min(mark.Ticks, mark.DecodeTicks);
        return index == 0 || ticks == ffmpeg.AV_NOPTS_VALUE ? _track.SeekToStart() : _track.Seek(ticks);
    }

    // After a jump libavformat may not know decoding times that it knew when it came from the start; they tell packets apart only where nothing else does.
    private bool IsPacket(int index, AVPacket* packet)
    {
        SetTime(packet);
        PacketMark mark = _marks[index];
        return packet->size == mark.Bytes && packet->pts == mark.Ticks && (mark.Ticks != ffmpeg.AV_NOPTS_VALUE || packet->dts == mark.DecodeTicks);
    }

    // Some containers give decoding times only; without reordering they are the presentation times.
    private void SetTime(AVPacket* packet)
    {
        if (packet->pts == ffmpeg.AV_NOPTS_VALUE && _track.Stream->codecpar->video_delay == 0)
        {
            packet->pts = packet->dts;
        }
    }

    // A VP8 frame that others are built on and that is never shown itself has a packet of its own; the fifth bit of its first byte says so (RFC 6386, 9.1).
    private bool IsNeverShown(AVPacket* packet) =>
        _track.Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_VP8 && packet->size > 0 && (packet->data[0] & 0x10) == 0;
}

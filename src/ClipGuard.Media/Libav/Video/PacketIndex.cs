using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>
/// All encoded packets of one track: their times, which give every frame's presentation time before anything is decoded, and the packets themselves, in any
/// order. Where the container's index lists every packet only those that are asked for are read. Otherwise all are read once, and kept where the track is
/// short, or read again where it is long. Owns the packets.
/// </summary>
internal sealed unsafe class PacketIndex : IDisposable
{
    // Packets of longer tracks are not kept but read again: the memory would cost more than the reading.
    private const long MaxKeptBytes = 64L << 20;

    private readonly DecodeState _session;
    private readonly Track _track;
    private readonly bool _isScanning;
    private readonly List<PacketIndexEntry> _marks = [];
    private readonly List<nint> _kept = [];
    private readonly AVPacket* _reread = ffmpeg.av_packet_alloc();
    private int _cursor = -1;

    private PacketIndex(DecodeState session, Track track, bool isScanning)
    {
        _session = session;
        _track = track;
        _isScanning = isScanning;
        Fill();
    }

    public IReadOnlyList<PacketIndexEntry> Marks => _marks;

    /// <summary>True once a packet was read that is no key frame although the container's index says so.</summary>
    public bool ContradictsIndex { get; private set; }

    /// <summary>A packet, to be sent before the next is asked for; null where it cannot be read again.</summary>
    public AVPacket* this[int index] => _kept.Count > 0 ? (AVPacket*)_kept[index] : ReadAgain(index);

    /// <summary>Reads the whole track, from where it is.</summary>
    public static PacketIndex Read(DecodeState session, Track track) => new(session, track, isScanning: false);

    /// <summary>
    /// Reads the container's index of the track instead of the packets; null where it does not list every packet, or lacks what has to be known of them.
    /// </summary>
    public static PacketIndex? ScanIndex(DecodeState session, Track track)
    {
        // Whether a VP8 frame is shown is said by the frame itself only.
        if (track.Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_VP8 || !track.BeginScan())
        {
            return null;
        }

        var packets = new PacketIndex(session, track, isScanning: true);
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
            _marks.Add(new PacketIndexEntry(packet->pts, packet->dts, flags, packet->size) { DurationTicks = packet->duration });
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

    // Jumps to the packet or to one before it; ReadAgain then reads up to it. MP4's demuxer takes the time for a presentation time. Given the decoding time,
    // it would land a key frame too early. Given the presentation time, it may land behind the packet, where key frames follow each other more closely than
    // frames are reordered; ReadAgain notices that and jumps again.
    private bool SeekTo(int index, bool isPresented)
    {
        PacketIndexEntry mark = _marks[index];
        long ticks = mark.Ticks == ffmpeg.AV_NOPTS_VALUE ? mark.DecodeTicks
            : mark.DecodeTicks == ffmpeg.AV_NOPTS_VALUE || isPresented ? mark.Ticks
            : Math.Min(mark.Ticks, mark.DecodeTicks);
        return index == 0 || ticks == ffmpeg.AV_NOPTS_VALUE ? _track.SeekToStart() : _track.Seek(ticks);
    }

    // Decoding times are compared only for packets without a presentation time: after a jump libavformat may not know decoding times that it knew when it
    // read from the start.
    private bool IsPacket(int index, AVPacket* packet)
    {
        SetTime(packet);
        PacketIndexEntry mark = _marks[index];
        return packet->size == mark.Bytes && packet->pts == mark.Ticks && (mark.Ticks != ffmpeg.AV_NOPTS_VALUE || packet->dts == mark.DecodeTicks);
    }

    // Some containers give decoding times only. In a track without reordering they are the presentation times too.
    private void SetTime(AVPacket* packet)
    {
        if (packet->pts == ffmpeg.AV_NOPTS_VALUE && _track.Stream->codecpar->video_delay == 0)
        {
            packet->pts = packet->dts;
        }
    }

    // A VP8 frame may be a mere reference for others. It has a packet of its own, in which bit 4 of the first byte, show_frame, is 0 (RFC 6386, 9.1).
    private bool IsNeverShown(AVPacket* packet) =>
        _track.Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_VP8 && packet->size > 0 && (packet->data[0] & 0x10) == 0;
}

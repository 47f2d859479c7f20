using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>Decodes ranges of packets, passes on the frames, and lists the damage.</summary>
/// <param name="session">The decode.</param>
/// <param name="track">The track and its decoder.</param>
/// <param name="packets">The packets.</param>
/// <param name="numbered">True where packets have no times of their own: frames are then numbered as they come out.</param>
internal sealed unsafe class PacketRangeDecoder(DecodeState session, Track track, PacketIndex packets, bool numbered) : IDisposable
{
    private readonly AVFrame* _frame = ffmpeg.av_frame_alloc();
    private bool _used;
    private int _linesOfThreads;
    private long _concealed;
    private long _lastTicks = ffmpeg.AV_NOPTS_VALUE;

    /// <summary>What is done with a frame: its presentation time in ticks, or its number, and the frame.</summary>
    public delegate DecoderFault? FrameTaker(long ticks, AVFrame* frame);

    /// <summary>Packets that the decoder refused since the last <see cref="Begin"/>, by number.</summary>
    public List<int> RefusedPackets { get; } = [];

    /// <summary>Packets, by number, whose damage the decoder only logged (<see cref="DamageLogMessages"/>) since the last <see cref="Begin"/>.</summary>
    public List<int> ConcealedPackets { get; } = [];

    /// <summary>Frames that came out once more at the time of the one before since the last <see cref="Begin"/>.</summary>
    public int RepeatedFrames { get; private set; }

    /// <summary>Times of frames that came out concealed since the last <see cref="Begin"/>.</summary>
    public List<long> ConcealedFrames { get; } = [];

    /// <summary>Times of frames that came out marked corrupt since the last <see cref="Begin"/>.</summary>
    public List<long> CorruptFrames { get; } = [];

    /// <summary>Times of key frames that came out since the last <see cref="Begin"/>.</summary>
    public List<long> KeyFrames { get; } = [];

    /// <summary>
    /// True where since the last <see cref="Begin"/> a run began further in than the first packet, on what the container takes for a key frame,
    /// and the decoder says that it is none: what was decoded from there on may be built on frames that were never decoded.
    /// </summary>
    public bool BeganOnFalseKey { get; private set; }

    /// <summary>Frames that came out since the last <see cref="Begin"/>.</summary>
    public long FramesOut { get; private set; }

    /// <summary>
    /// True once a decoder with threads gave anything but whole frames since the last <see cref="Begin"/>, or one of its threads logged something: what is to
    /// be made of it, a decoder without threads says.
    /// </summary>
    public bool NeedsOneThread => track.Decoder.Threads > 1
        && (session.LinesOfThreads != _linesOfThreads
            || RefusedPackets.Count + ConcealedPackets.Count + ConcealedFrames.Count + CorruptFrames.Count > 0);

    /// <summary>Forgets what was seen, for another try.</summary>
    public void Begin()
    {
        _linesOfThreads = session.LinesOfThreads;
        RefusedPackets.Clear();
        ConcealedPackets.Clear();
        (RepeatedFrames, _lastTicks) = (0, ffmpeg.AV_NOPTS_VALUE);
        ConcealedFrames.Clear();
        CorruptFrames.Clear();
        KeyFrames.Clear();
        FramesOut = 0;
        BeganOnFalseKey = false;
    }

    /// <summary>Decodes one range to its end, and drains the decoder.</summary>
    /// <param name="range">The packets.</param>
    /// <param name="isWanted">True for packets of wanted frames; the decoder may skip others that no frame is built on. Null decodes all.</param>
    /// <param name="taker">Gets every frame.</param>
    public DecoderFault? Decode(PacketRange range, Func<PacketIndexEntry, bool>? isWanted, FrameTaker taker)
    {
        if (_used)
        {
            // A decoder that was drained takes no packets until it is flushed.
            track.Decoder.Flush();
        }

        _used = true;
        for (int i = range.First; i <= range.Last && !session.ShouldStop() && !NeedsOneThread; i++)
        {
            AVPacket* packet = packets[i];
            if (packet == null)
            {
                break;
            }

            track.Codec->skip_frame = isWanted is null || isWanted(packets.Marks[i]) ? AVDiscard.AVDISCARD_DEFAULT : AVDiscard.AVDISCARD_NONREF;
            if ((Send(packet, i) ?? Take(i, range.First, taker)) is { } fault)
            {
                return fault;
            }
        }

        return NeedsOneThread ? null : Send(null, range.Last) ?? Take(range.Last, range.First, taker);
    }

    public void Dispose()
    {
        AVFrame* frame = _frame;
        ffmpeg.av_frame_free(&frame);
    }

    private DecoderFault? Send(AVPacket* packet, int index)
    {
        if (!track.Send(packet))
        {
            RefusedPackets.Add(index);
        }

        NoteConcealed(index);
        return session.PixelFault();
    }

    private void NoteConcealed(int index)
    {
        if (track.ConcealedPackets != _concealed)
        {
            _concealed = track.ConcealedPackets;
            ConcealedPackets.Add(index);
        }
    }

    private DecoderFault? Take(int index, int first, FrameTaker taker)
    {
        int state;
        while ((state = track.Receive(_frame)) > 0 || state == Track.Refused)
        {
            if (state == Track.Refused)
            {
                RefusedPackets.Add(index);
                continue;
            }

            long ticks = numbered ? FramesOut : _frame->pts == ffmpeg.AV_NOPTS_VALUE ? _frame->best_effort_timestamp : _frame->pts;
            FramesOut++;
            RepeatedFrames += ticks == _lastTicks ? 1 : 0;
            _lastTicks = ticks;
            if (LibavBindings.IsKeyFrame(_frame))
            {
                KeyFrames.Add(ticks);
            }
            else
            {
                BeganOnFalseKey |= first > 0 && !numbered && ticks == packets.Marks[first].Ticks;
            }

            if (_frame->decode_error_flags != 0)
            {
                ConcealedFrames.Add(ticks);
            }
            else if ((_frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0)
            {
                CorruptFrames.Add(ticks);
            }

            DecoderFault? fault = taker(ticks, _frame);
            ffmpeg.av_frame_unref(_frame);
            if (fault is not null || session.ShouldStop())
            {
                return fault;
            }
        }

        NoteConcealed(index);
        return session.PixelFault();
    }
}

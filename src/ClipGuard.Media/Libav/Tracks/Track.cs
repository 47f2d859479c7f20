using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Containers;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>How often a decoder is to halve the sides of its pictures while it decodes them.</summary>
/// <param name="container">The open container.</param>
/// <param name="stream">The stream that is to be decoded.</param>
internal unsafe delegate int PictureHalvings(Container container, AVStream* stream);

/// <summary>The one stream of a container that is decoded, and the decoder for it. Owns both.</summary>
internal sealed unsafe class Track : IDisposable
{
    public const int WantsPacket = 0;
    public const int Ended = -1;
    public const int Refused = -2;

    private readonly DecodeState _session;
    private readonly PacketReader _reader;
    private readonly ClipSource _source;
    private readonly IReadOnlyList<(long Start, long Length)> _links;
    private OpenedDecoder? _decoder;
    private AVPacket* _packet;
    private long? _repeatedByContainer;

    private Track(DecodeState session, ClipSource source, Container container, AVStream* stream)
    {
        _session = session;
        _reader = new PacketReader(session);
        _source = source;
        _links = container.Links ?? [];
        Container = container;
        Stream = stream;
        IsUncompressed = ffmpeg.avcodec_get_name(stream->codecpar->codec_id).StartsWith("pcm_", StringComparison.Ordinal);
        IsUncut = container.Samples is not null
            || (container.IsMov && stream->codecpar->codec_type == AVMediaType.AVMEDIA_TYPE_AUDIO && LibavDifferences.CutsMp4Audio);
    }

    /// <summary>Where the track is read from; in a chained clip, the link that is being read.</summary>
    public Container Container { get; private set; }

    /// <summary>The stream in <see cref="Container"/>.</summary>
    public AVStream* Stream { get; private set; }

    /// <summary>How many links of a chained clip lie before the one that is being read.</summary>
    public int Link { get; private set; }

    /// <summary>The decoder.</summary>
    public OpenedDecoder Decoder => _decoder!;

    public AVCodecContext* Codec => Decoder.Context;

    /// <summary>How large the stored picture is where the decoder makes a smaller one of it; null elsewhere.</summary>
    public (int Width, int Height)? WholeSize { get; private set; }

    /// <inheritdoc cref="PacketReader.Packets"/>
    public long Packets => _reader.Packets;

    /// <summary>Packets that the decoder refused in <see cref="Next"/>, and frames that it gave an error for.</summary>
    public long RefusedPackets { get; private set; }

    /// <summary>Packets whose damage the decoder told its log alone (<see cref="DamageLogMessages"/>) while it gave frames as if they were whole.</summary>
    public long ConcealedPackets { get; private set; }

    /// <inheritdoc cref="PacketReader.MarkedPackets"/>
    public long MarkedPackets => _reader.MarkedPackets;

    /// <inheritdoc cref="PacketReader.LastPacketTicks"/>
    public long LastPacketTicks => _reader.LastPacketTicks;

    /// <inheritdoc cref="PacketReader.LastPacketEnd"/>
    public long? LastPacketEnd => _reader.LastPacketEnd;

    /// <inheritdoc cref="PacketReader.FirstPacketTicks"/>
    public long? FirstPacketTicks => _reader.FirstPacketTicks;

    /// <inheritdoc cref="PacketReader.LatestTicks"/>
    public long? LatestTicks => _reader.LatestTicks;

    /// <summary>
    /// Frames that the header counts and that an AVI says by empty chunks to be the frames before once more.
    /// To be asked only where the header counts more frames than there are packets: it goes through the file.
    /// </summary>
    public long RepeatedByContainer
    {
        get
        {
            if (_repeatedByContainer is null)
            {
                _repeatedByContainer = Container.IsAvi ? AviEmptyChunks.Count(_session, Container.Bytes, Stream->index) : 0;
                if (_repeatedByContainer > 0)
                {
                    _session.AddNote($"{_repeatedByContainer} of the chunks that stream {Stream->index} promises are empty: the frame before them "
                        + $"stays on show.");
                }
            }

            return _repeatedByContainer.Value;
        }
    }

    /// <summary>
    /// True where FFmpeg is told to leave an encoder's delay and padding in, because it would cut wrongly: frames say then what it would have cut.
    /// </summary>
    public bool IsUncut { get; }

    /// <summary>True for samples as they are (PCM).</summary>
    public bool IsUncompressed { get; private set; }

    /// <summary>True once the decoder said of something in the clip that it cannot decode it yet, which is no damage.</summary>
    public bool LacksFeature { get; private set; }

    /// <inheritdoc cref="PacketReader.IsAtEnd"/>
    public bool IsAtEnd => _reader.IsAtEnd;

    /// <inheritdoc cref="PacketReader.EndsEarly"/>
    public bool EndsEarly => _reader.EndsEarly;

    /// <inheritdoc cref="PacketReader.ReadingBrokeOff"/>
    public string? ReadingBrokeOff => _reader.ReadingBrokeOff;

    /// <summary>Opens a clip's best stream of a kind and its decoder.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="source">Where the bytes are.</param>
    /// <param name="kind">Audio or video.</param>
    /// <param name="number">Which stream of that kind, from 0; null for the one that FFmpeg takes for the main one.</param>
    /// <param name="track">The track where there is no fault; the caller disposes it.</param>
    /// <param name="link">Which link of a chained clip; null for the first, behind which the others follow.</param>
    /// <param name="halvings">Tells at which size pictures are decoded; null is whole.</param>
    public static DecoderFault? Open(
        DecodeState session,
        ClipSource source,
        AVMediaType kind,
        int? number,
        out Track? track,
        (long Start, long Length)? link = null,
        PictureHalvings? halvings = null)
    {
        track = null;
        if (Container.Open(session, source, kind, out Container? container, link) is { } fault)
        {
            return fault;
        }

        AVCodec* decoder = null;
        if (TrackChoice.Find(session, container!, kind, number, &decoder, out int index) is { } missing)
        {
            container!.Dispose();
            return missing;
        }

        AVStream* stream = container!.Format->streams[index];
        if ((AlphaDecoderSelection.Replace(session, stream, ref decoder) ?? SpeexDecoderSelection.Replace(session, stream, ref decoder)) is { } unread)
        {
            container.Dispose();
            return unread;
        }

        container.KeepOnly(index);
        var opened = new Track(session, source, container, container.Format->streams[index]);
        if ((session.ElsewhereFault(index) ?? opened.OpenDecoder(decoder, halvings?.Invoke(container, opened.Stream) ?? 0)) is { } refused)
        {
            opened.Dispose();
            return refused;
        }

        session.Track ??= TrackFactsReader.Of(container, opened.Stream);
        track = opened;
        return null;
    }

    /// <summary>Reads the track's next packet into <paramref name="packet"/>, which must be empty.</summary>
    /// <returns>False at the end, or where reading broke off.</returns>
    public bool Read(AVPacket* packet) => _reader.Read(Container, Stream, IsUncompressed, packet);

    /// <summary>Jumps to a packet from which decoding reaches a time: the last key frame before it, or an earlier packet.</summary>
    /// <param name="ticks">The time, in the track's time base.</param>
    /// <returns>False where the container cannot.</returns>
    public bool Seek(long ticks)
    {
        _session.Marks.Enter(DecodeStage.Seek);
        _reader.LeaveEnd();
        return ffmpeg.avformat_seek_file(Container.Format, Stream->index, long.MinValue, ticks, ticks, 0) >= 0;
    }

    /// <summary>Jumps to the track's beginning, and forgets what was read and decoded.</summary>
    /// <returns>False where the container cannot.</returns>
    public bool Rewind()
    {
        Decoder.Flush();
        _reader.Forget();
        (RefusedPackets, ConcealedPackets) = (0, 0);
        return SeekToStart();
    }

    /// <summary>Jumps to the first packet, whether or not it is a key frame.</summary>
    /// <returns>False where the container cannot.</returns>
    public bool SeekToStart()
    {
        // A time before all others. It is half of the least number because demuxers subtract from it. Demuxers that find no packet there are asked for the
        // least number, where libavformat gives the first key frame.
        const long BeforeAll = long.MinValue / 2;
        return Seek(BeforeAll) || Seek(long.MinValue);
    }

    /// <summary>
    /// Jumps to the track's beginning and scans its index from there (<see cref="Container.ScanIndex"/>). Possible where the index lists every packet:
    /// MP4, QuickTime and their kin.
    /// </summary>
    /// <returns>False where it has not, or the container cannot.</returns>
    public bool BeginScan()
    {
        if (!Container.IsMov || PacketByteRanges.Of(Stream) is not { } bytes)
        {
            return false;
        }

        Container.ScanIndex(bytes);
        if (SeekToStart())
        {
            return true;
        }

        EndScan();
        return false;
    }

    /// <summary>Ends the scan: packets are read as usual again. To be called right before a jump.</summary>
    public void EndScan() => Container.ScanIndex(null);

    /// <summary>Gives the decoder a packet; null tells it that there are no more.</summary>
    /// <returns>False where the decoder refused it as damaged.</returns>
    public bool Send(AVPacket* packet)
    {
        _session.Marks.Enter(DecodeStage.Decode);
        int admitted = _session.AdmittedDamage;
        int error = ffmpeg.avcodec_send_packet(Codec, packet);
        LacksFeature |= error == ffmpeg.AVERROR_PATCHWELCOME;
        ConcealedPackets += _session.AdmittedDamage != admitted ? 1 : 0;
        return error >= 0 || error == LibavError.TryAgain || error == ffmpeg.AVERROR_EOF;
    }

    /// <summary>Takes the next frame that is ready.</summary>
    /// <returns>1 for a frame, <see cref="WantsPacket"/>, <see cref="Ended"/>, or <see cref="Refused"/> where it gave an error instead of a frame.</returns>
    public int Receive(AVFrame* frame)
    {
        int admitted = _session.AdmittedDamage;
        int error = ffmpeg.avcodec_receive_frame(Codec, frame);
        LacksFeature |= error == ffmpeg.AVERROR_PATCHWELCOME;
        ConcealedPackets += _session.AdmittedDamage != admitted ? 1 : 0;
        if (error >= 0)
        {
            _session.Marks.AddFrame();
            return 1;
        }

        return error == LibavError.TryAgain ? WantsPacket : error == ffmpeg.AVERROR_EOF ? Ended : Refused;
    }

    /// <summary>Reads and decodes until the next frame, in presentation order, is there; goes from link to link of a chained clip.</summary>
    /// <returns>False once there are no more, or the time to give up has come.</returns>
    public bool Next(AVFrame* frame)
    {
        while (!NextOfLink(frame))
        {
            if (!GoToNextLink())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Frees everything; once more does nothing.</summary>
    public void Dispose()
    {
        AVPacket* packet = _packet;
        ffmpeg.av_packet_free(&packet);
        _packet = null;
        _decoder?.Dispose();
        Container.Dispose();
    }

    private bool NextOfLink(AVFrame* frame)
    {
        int state;
        while ((state = Receive(frame)) is WantsPacket or Refused)
        {
            if (_session.ShouldStop())
            {
                return false;
            }

            if (state == Refused)
            {
                RefusedPackets++;
                continue;
            }

            bool more = Read(_packet);
            if (!Send(more ? _packet : null))
            {
                RefusedPackets++;
            }

            ffmpeg.av_packet_unref(_packet);
        }

        return state > 0 && !_session.ShouldStop();
    }

    private bool GoToNextLink()
    {
        if (Link + 1 >= _links.Count || !IsAtEnd || _session.Stopped)
        {
            return false;
        }

        if (Open(_session, _source, Stream->codecpar->codec_type, number: null, out Track? next, _links[Link + 1]) is { } fault)
        {
            _reader.BreakOff(fault.Message);
            return false;
        }

        Dispose();
        Container = next!.Container;
        Stream = next.Stream;
        IsUncompressed = next.IsUncompressed;
        _decoder = next._decoder;
        _packet = next._packet;
        _reader.LeaveEnd();
        Link++;
        return true;
    }

    private DecoderFault? OpenDecoder(AVCodec* decoder, int halvings)
    {
        _packet = ffmpeg.av_packet_alloc();
        WholeSize = halvings > 0 ? (Stream->codecpar->width, Stream->codecpar->height) : null;
        _decoder = new OpenedDecoder(_session, Stream, decoder, IsUncut, halvings);
        return _decoder.Open();
    }
}

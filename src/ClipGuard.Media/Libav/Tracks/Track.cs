using System.Runtime.InteropServices;

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
    private readonly ClipSource _source;
    private readonly IReadOnlyList<(long Start, long Length)> _links;
    private AVCodecContext* _codec;
    private AVPacket* _packet;
    private long? _repeatedByContainer;

    private Track(DecodeState session, ClipSource source, Container container, AVStream* stream)
    {
        _session = session;
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

    public AVCodecContext* Codec => _codec;

    /// <summary>How large the stored picture is where the decoder makes a smaller one of it; null elsewhere.</summary>
    public (int Width, int Height)? WholeSize { get; private set; }

    /// <summary>Packets of this track that were read.</summary>
    public long Packets { get; private set; }

    /// <summary>Packets that the decoder refused in <see cref="Next"/>, and frames that it gave an error for.</summary>
    public long RefusedPackets { get; private set; }

    /// <summary>Packets whose damage the decoder told its log alone (<see cref="DamageLogMessages"/>) while it gave frames as if they were whole.</summary>
    public long ConcealedPackets { get; private set; }

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

    /// <summary>True once the container has no more packets.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>True where the file ended and the demuxer's log says that more was to come.</summary>
    public bool EndsEarly { get; private set; }

    /// <summary>What ended the reading before the container's end; null where nothing did.</summary>
    public string? ReadingBrokeOff { get; private set; }

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
        int chosen = number is { } which ? container!.StreamNumber(kind, which) : -1;
        int index = number is null ? MainTrack.Find(container!, kind, &decoder)
            : chosen < 0 ? -1
            : ffmpeg.av_find_best_stream(container!.Format, kind, chosen, -1, &decoder, 0);
        if (index < 0)
        {
            fault = NoStream(session, container!, kind, number);
            container!.Dispose();
            return fault;
        }

        AVStream* stream = container!.Format->streams[index];
        if ((AlphaDecoderSelection.Replace(session, stream, ref decoder) ?? SpeexDecoder.Replace(session, stream, ref decoder)) is { } unread)
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

        session.Track ??= FactsOf(container, opened.Stream);
        track = opened;
        return null;
    }

    // FFmpeg makes up a length for a single picture.
    private static TrackFacts FactsOf(Container container, AVStream* stream)
    {
        AVCodecParameters* codec = stream->codecpar;
        bool isAudio = codec->codec_type == AVMediaType.AVMEDIA_TYPE_AUDIO;
        bool isPicture = !isAudio && (container.IsOnePicture || container.Item is not null);
        return new TrackFacts(ffmpeg.avcodec_get_name(codec->codec_id))
        {
            Seconds = isPicture ? null
                : stream->duration > 0 ? (double)stream->duration * stream->time_base.num / stream->time_base.den
                : container.Format->duration > 0 ? (double)container.Format->duration / ffmpeg.AV_TIME_BASE
                : null,
            SampleRateHz = isAudio ? codec->sample_rate : null,
            Channels = isAudio ? codec->ch_layout.nb_channels : null,
            Width = isAudio ? null : codec->width,
            Height = isAudio ? null : codec->height,
            Frames = stream->nb_frames > 0 && !isAudio && !isPicture ? stream->nb_frames : null,
            FrameRateHz = !isAudio && !isPicture && stream->avg_frame_rate is { num: > 0, den: > 0 } rate ? (double)rate.num / rate.den : null,
            Container = container.FormatName is { Length: > 0 } name ? name : null,
            Bytes = container.Bytes.Length > 0 ? container.Bytes.Length : null,
        };
    }

    /// <summary>Reads the track's next packet into <paramref name="packet"/>, which must be empty.</summary>
    /// <returns>False at the end, or where reading broke off.</returns>
    public bool Read(AVPacket* packet)
    {
        _session.Marks.Enter(DecodeStage.Read);
        int admitted = _session.AdmittedDamage;
        int error;
        while ((error = ffmpeg.av_read_frame(Container.Format, packet)) >= 0)
        {
            _session.Marks.AddPacket();
            bool isShort = (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0 && Container.IsAllRead;
            if (packet->stream_index == Stream->index && !(isShort && DemuxerEnds.IsTrailer(Container.FormatName, packet->size)))
            {
                packet->flags &= isShort && DemuxerEnds.MayEndShort(Container.FormatName) ? ~ffmpeg.AV_PKT_FLAG_CORRUPT : ~0;
                FirstPacketTicks = Packets++ == 0 && packet->pts != ffmpeg.AV_NOPTS_VALUE ? packet->pts : FirstPacketTicks;
                packet->flags |= _session.AdmittedDamage != admitted || IsCutOff(packet) ? ffmpeg.AV_PKT_FLAG_CORRUPT : 0;
                MarkedPackets += (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0 && !IsUncompressed ? 1 : 0;
                LastPacketTicks = packet->duration;
                LastPacketEnd = packet->pts == ffmpeg.AV_NOPTS_VALUE ? null : packet->pts + packet->duration;
                LatestTicks = packet->pts == ffmpeg.AV_NOPTS_VALUE ? LatestTicks : Math.Max(LatestTicks ?? packet->pts, packet->pts);
                return true;
            }

            ffmpeg.av_packet_unref(packet);
            if (_session.ShouldStop())
            {
                return false;
            }
        }

        // Most demuxers report a read error as the file's end.
        IsAtEnd = Container.IsEnd(error) && _session.ReadError is null;
        EndsEarly |= IsAtEnd && _session.AdmittedDamage != admitted;
        if (!IsAtEnd && !_session.Stopped)
        {
            ReadingBrokeOff = _session.ReadError ?? LibavError.Describe(error);
        }

        return false;
    }

    /// <summary>Jumps to a packet from which decoding reaches a time: the last key frame before it, or an earlier packet.</summary>
    /// <param name="ticks">The time, in the track's time base.</param>
    /// <returns>False where the container cannot.</returns>
    public bool Seek(long ticks)
    {
        _session.Marks.Enter(DecodeStage.Seek);
        IsAtEnd = false;
        return ffmpeg.avformat_seek_file(Container.Format, Stream->index, long.MinValue, ticks, ticks, 0) >= 0;
    }

    /// <summary>Jumps to the track's beginning, and forgets what was read and decoded.</summary>
    /// <returns>False where the container cannot.</returns>
    public bool Rewind()
    {
        ffmpeg.avcodec_flush_buffers(_codec);
        (ReadingBrokeOff, EndsEarly, Packets, RefusedPackets, MarkedPackets, ConcealedPackets) = (null, false, 0, 0, 0, 0);
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
        int error = ffmpeg.avcodec_send_packet(_codec, packet);
        LacksFeature |= error == ffmpeg.AVERROR_PATCHWELCOME;
        ConcealedPackets += _session.AdmittedDamage != admitted ? 1 : 0;
        return error >= 0 || error == LibavError.TryAgain || error == ffmpeg.AVERROR_EOF;
    }

    /// <summary>Takes the next frame that is ready.</summary>
    /// <returns>1 for a frame, <see cref="WantsPacket"/>, <see cref="Ended"/>, or <see cref="Refused"/> where it gave an error instead of a frame.</returns>
    public int Receive(AVFrame* frame)
    {
        int admitted = _session.AdmittedDamage;
        int error = ffmpeg.avcodec_receive_frame(_codec, frame);
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
        AVCodecContext* codec = _codec;
        ffmpeg.avcodec_free_context(&codec);
        _codec = null;
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
            ReadingBrokeOff = fault.Message;
            return false;
        }

        Dispose();
        Container = next!.Container;
        Stream = next.Stream;
        IsUncompressed = next.IsUncompressed;
        _codec = next._codec;
        _packet = next._packet;
        IsAtEnd = false;
        Link++;
        return true;
    }

    private DecoderFault? OpenDecoder(AVCodec* decoder, int halvings)
    {
        _packet = ffmpeg.av_packet_alloc();
        _codec = ffmpeg.avcodec_alloc_context3(decoder);
        if (_session.Limits.AllowedCodecs is { } allowed && !allowed.Contains(ffmpeg.avcodec_get_name(Stream->codecpar->codec_id)))
        {
            string codec = ffmpeg.avcodec_get_name(Stream->codecpar->codec_id);
            return _session.Fault(FaultKind.Unsupported, $"The codec {codec} is not among those allowed: {string.Join(", ", allowed)}.");
        }

        int error = ffmpeg.avcodec_parameters_to_context(_codec, Stream->codecpar);
        if (error >= 0)
        {
            _codec->pkt_timebase = Stream->time_base;
            _codec->flags2 |= IsUncut ? ffmpeg.AV_CODEC_FLAG2_SKIP_MANUAL : 0;
            Configure(_codec, decoder, _session);
            error = OpenHalved(decoder, halvings);
        }

        return error < 0 ? _session.FaultOf(error, $"The decoder {NameOf(decoder)} could not be opened") : null;
    }

    private int OpenHalved(AVCodec* decoder, int halvings)
    {
        AVDictionary* options = null;
        if (halvings > 0)
        {
            // Not a field of the context: newer versions hide it.
            _ = ffmpeg.av_dict_set_int(&options, "lowres", halvings, 0);
            WholeSize = (Stream->codecpar->width, Stream->codecpar->height);
        }

        int error = ffmpeg.avcodec_open2(_codec, decoder, &options);
        ffmpeg.av_dict_free(&options);
        return error;
    }

    /// <summary>Sets what every decoder of a decode has in common: its threads, its limit of pixels, and how strict it is.</summary>
    public static void Configure(AVCodecContext* codec, AVCodec* decoder, DecodeState session)
    {
        codec->thread_count = session.Request.DecoderThreads;
        codec->max_pixels = session.Limits.MaxFramePixels;
        codec->err_recognition = ffmpeg.AV_EF_CRCCHECK | (HidesDamage(decoder->id) ? ffmpeg.AV_EF_EXPLODE : 0);
        if (decoder->id == AVCodecID.AV_CODEC_ID_PNG)
        {
            // By default (95 %) a PNG of which only a twentieth could be read would pass as whole.
            codec->discard_damaged_percentage = 0;
        }
    }

    // Without AV_EF_EXPLODE these decoders give a frame whose checksum is wrong, or whose data ends early, as if it were whole, and only log it.
    private static bool HidesDamage(AVCodecID codec) => codec is AVCodecID.AV_CODEC_ID_FLAC or AVCodecID.AV_CODEC_ID_MJPEG;

    private static DecoderFault NoStream(DecodeState session, Container container, AVMediaType kind, int? number)
    {
        string word = kind == AVMediaType.AVMEDIA_TYPE_AUDIO ? "audio" : "video";
        List<string> held = [];
        for (uint i = 0; i < container.Format->nb_streams; i++)
        {
            AVCodecParameters* codec = container.Format->streams[i]->codecpar;
            held.Add(ffmpeg.avcodec_get_name(codec->codec_id));
            if (codec->codec_type == kind && number is null)
            {
                return session.Fault(FaultKind.Unsupported, $"This FFmpeg has no decoder for the {word} stream ({ffmpeg.avcodec_get_name(codec->codec_id)}).");
            }
        }

        string content = held.Count == 0 ? "no streams at all" : string.Join(", ", held);
        string which = number is null ? string.Empty : $" number {number}";
        return session.Fault(FaultKind.Unsupported, $"There is no {word} stream{which}; the {container.FormatName} file holds {content}.");
    }

    private bool IsCutOff(AVPacket* packet) =>
        Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_GIF && !GifBlockReader.AreWhole(new ReadOnlySpan<byte>(packet->data, packet->size));

    private static string NameOf(AVCodec* decoder) => Marshal.PtrToStringUTF8((nint)decoder->name) ?? string.Empty;
}

using System.Globalization;

using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Tracks;
using ClipGuard.Media.Selections;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>Decodes chosen frames of a video track. Frames are identified by their presentation times.</summary>
internal sealed unsafe class VideoDecode : IDisposable
{
    private readonly DecodeState _session;
    private readonly VideoSpec _spec;
    private readonly Track _track;
    private readonly PacketIndex _packets;
    private readonly FrameTimeline? _timeline;
    private readonly PacketRangeDecoder _decoder;
    private readonly PictureWriter _writer;
    private WantedFrames _wanted = new([]);

    private VideoDecode(DecodeState session, VideoSpec spec, Track track, PacketIndex packets)
    {
        _session = session;
        _spec = spec;
        _track = track;
        _packets = packets;
        _timeline = FrameTimelineBuilder.Read(_packets.Marks, track.Stream) is { } read ? ToTheEnd(read) : null;
        _decoder = new PacketRangeDecoder(session, track, _packets, numbered: _timeline is null);
        _writer = new PictureWriter(session, spec);
    }

    public static DecodeAnswer Run(DecodeState session, VideoSpec spec)
    {
        if (Track.Open(session, session.Request.Source, AVMediaType.AVMEDIA_TYPE_VIDEO, spec.Track, out Track? opened) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        using Track track = opened!;
        if ((track.Stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0)
        {
            return new DecodeAnswer(session.Fault(
                FaultKind.Unsupported, $"There is no video stream; the {track.Container.FormatName} file holds only an attached picture."));
        }

        if ((session.AnimationFault() ?? session.DurationFault(track.Container.SecondsOf(track.Stream))) is { } refused)
        {
            return new DecodeAnswer(refused);
        }

        if (track.Container.Item is not null || TiledTiffDecode.PiecesOf(track) is not null)
        {
            return FileListDecode.RunOne(session, spec);
        }

        // A selection of key frames reads every packet: only the packets say reliably which are key frames, an index may list fewer.
        if (spec.Selection is not KeyFrames && PacketIndex.ScanIndex(session, track) is { } scanned)
        {
            using var quick = new VideoDecode(session, spec, track, scanned);
            if (quick.RunIndexed() is { } answer)
            {
                return answer;
            }

            if (!track.Rewind())
            {
                return new DecodeAnswer(session.Fault(FaultKind.Corrupt, "The container cannot be read from its beginning."));
            }
        }

        using var decode = new VideoDecode(session, spec, track, PacketIndex.Read(session, track));
        return decode.Run();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _decoder.Dispose();
        _packets.Dispose();
    }

    private DecodeAnswer Run()
    {
        FrameTimeline? numbered = _timeline is null && _packets.Marks.Count > 0 ? Number(_packets.Marks.Count(packet => !packet.IsHidden)) : null;

        // A header may give no duration. By now the packets' times give one: a clip whose last frame is first shown after the limit is too long.
        double? lastShown = (_timeline ?? numbered) is { Count: > 0 } known ? known.Seconds(known.Count - 1) : null;
        return _session.DurationFault(lastShown) is { } tooLong ? new DecodeAnswer(tooLong)
            : _timeline is not null ? RunTimed(_timeline)
            : numbered is { Count: > 0 } ? RunUntimed(numbered)
            : new DecodeAnswer(_session.Fault(FaultKind.Corrupt, "The video stream has no frames."));
    }

    // The quick way: reads only the packets that the wanted frames need, from where the index says they are. Null where a packet is not what the index says,
    // or anything is damaged or missing: then the index is not relied on, and all packets have to be read.
    private DecodeAnswer? RunIndexed()
    {
        if (_timeline is not { } timeline || !BeginsAsIndexed() || _track.Stream->nb_frames > _packets.Marks.Count || DependsOnTheEnd(timeline)
            || _session.DurationFault(timeline.Seconds(timeline.Count - 1)) is not null)
        {
            return null;
        }

        var plan = new DecodePlan(_packets.Marks);
        return (Want(timeline) ?? Decode(plan.RangesFor(_wanted.Ticks), mark => _wanted.Has(mark.Ticks))) is null
            && Judge(timeline, plan) is { IsNone: true } finding && !_packets.ContradictsIndex && !_decoder.BeganOnFalseKey
            ? Answer(timeline, finding)
            : null;
    }

    // Frames before the first key frame do not count, so the whole timeline is wrong where the index's first key frame is none.
    private bool BeginsAsIndexed() => _packets.Marks[0].IsKey && _packets[0] != null && !_packets.ContradictsIndex;

    // How long the last frame stays on show is partly known from its packet only, which the quick way may not read.
    private bool DependsOnTheEnd(FrameTimeline timeline) =>
        _spec.Selection is TimeFrames times && times.Seconds.Any(time => time > timeline.Seconds(timeline.Count - 1));

    // The packets' times are known, so only the packets that the wanted frames need are decoded.
    private DecodeAnswer RunTimed(FrameTimeline timeline)
    {
        var plan = new DecodePlan(_packets.Marks);
        if ((Want(timeline) ?? Decode(plan.RangesFor(_wanted.Ticks), mark => _wanted.Has(mark.Ticks))) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        VideoDamage finding = Judge(timeline, plan);
        if ((finding.DamagedWanted == 0 && !_decoder.BeganOnFalseKey) || _session.ShouldStop())
        {
            return Answer(timeline, finding);
        }

        // A wanted frame is damaged or missing. Either the clip is damaged, or decoding began at a key frame that is none. Decoding everything from the
        // beginning finds out which.
        if (_track.Decoder.GiveThreadsUp() is { } unopened)
        {
            return new DecodeAnswer(unopened);
        }

        bool areKeysFalse = _decoder.BeganOnFalseKey && _spec.Selection is KeyFrames;
        List<long> shown = [];
        fault = Decode([new PacketRange(0, _packets.Marks.Count - 1)], null, shown);
        if (fault is null && areKeysFalse)
        {
            timeline = timeline with { IsKey = [.. timeline.Ticks.Select(_decoder.KeyFrames.Contains)] };
            fault = Want(timeline) ?? Decode([new PacketRange(0, _packets.Marks.Count - 1)], null);
        }

        finding = Judge(timeline, plan);
        if (fault is not null || !finding.OnlyMissing || shown.Count == 0 || (finding.DamagedWanted == 0 && shown.Count == timeline.Count))
        {
            return fault is null ? Answer(timeline, finding) : new DecodeAnswer(fault);
        }

        // Nothing is damaged, and still not every packet gave a frame: the timeline is made from the frames that came out.
        timeline = FrameTimelineBuilder.FromFrames(shown, timeline);
        fault = Want(timeline) ?? Decode([new PacketRange(0, _packets.Marks.Count - 1)], null);
        return fault is null ? Answer(timeline, Judge(timeline, plan)) : new DecodeAnswer(fault);
    }

    // Frames without times are numbered as the decoder gives them, in presentation order. Their number is known only afterwards: where it is not the number of
    // packets, the selection is made again for the real number and everything decoded once more.
    private DecodeAnswer RunUntimed(FrameTimeline timeline)
    {
        PacketRange all = new(0, _packets.Marks.Count - 1);
        DecoderFault? fault = Want(timeline) ?? Decode([all], null);
        if (fault is null && _decoder.FramesOut is > 0 and var count && (count != timeline.Count || KeysMoved(timeline)) && _decoder.RefusedPackets.Count == 0)
        {
            bool[] isKey = new bool[count];
            _decoder.KeyFrames.ForEach(number => isKey[number] = true);
            timeline = Number((int)count) with { IsKey = isKey };
            fault = Want(timeline) ?? Decode([all], null);
        }

        return fault is null ? Answer(timeline, Judge(timeline, null)) : new DecodeAnswer(fault);
    }

    // The numbered timeline takes key frames from the packets in decoding order; where frames are reordered a key frame may have another number.
    private bool KeysMoved(FrameTimeline timeline) =>
        _spec.Selection is KeyFrames && !_decoder.KeyFrames.SequenceEqual(timeline.Ticks.Where(number => timeline.IsKey[number]));

    private FrameTimeline Number(int count) => ToTheEnd(FrameTimelineBuilder.Numbered(
        count,
        _track.Stream,
        _packets.Marks,
        _track.Container.FrameRateOf(_track.Stream),
        isPaced: _track.Container.IsAvi || FrameTimelineBuilder.HasDecodingTimesAlone(_packets.Marks)));

    // Empty chunks at the end of an AVI keep its last frame on show, and the header's rate counts them as frames.
    private FrameTimeline ToTheEnd(FrameTimeline timeline)
    {
        AVStream* stream = _track.Stream;
        if (timeline.Count == 0 || !_track.Container.IsAvi || stream->nb_frames <= _packets.Marks.Count || _track.RepeatedByContainer == 0)
        {
            return timeline;
        }

        AVRational unit = stream->time_base;
        double seconds = (double)stream->duration * unit.num / unit.den;
        IEnumerable<double> distances = Enumerable.Range(1, timeline.Count - 1).Select(frame => timeline.Seconds(frame) - timeline.Seconds(frame - 1));

        // In whole ticks: a difference of two times in seconds is a little off, and a rate that is a little too high can cost a selection by rate a frame.
        long shortest = (long)Math.Round(distances.DefaultIfEmpty(0).Min() * unit.den / unit.num);
        return timeline with
        {
            LastFrameSeconds = Math.Max(timeline.LastFrameSeconds, seconds - timeline.Seconds(timeline.Count - 1)),
            RateHz = shortest > 0 ? (double)unit.den / (unit.num * shortest) : timeline.RateHz,
        };
    }

    private DecoderFault? Want(FrameTimeline timeline)
    {
        if (FrameIndexSelector.Pick(_spec, _session.Limits.MaxFrames, timeline, out int[] frames) is var (kind, message))
        {
            return _session.Fault(kind, message);
        }

        _wanted = new WantedFrames([.. frames.Select(frame => timeline.Ticks[frame])]);
        return null;
    }

    private DecoderFault? Decode(IReadOnlyList<PacketRange> ranges, Func<PacketIndexEntry, bool>? isWanted, List<long>? shown = null)
    {
        AVCodecParameters* coded = _track.Stream->codecpar;
        int packets = ranges.Sum(static range => range.Last - range.First + 1);
        int threads = _timeline is null ? 1
            : DecoderThreadPolicy.CountFor(_session.Request.DecoderThreads ?? 1, (long)coded->width * coded->height, packets, ranges.Count);
        if (_track.Decoder.UseThreads(threads) is { } unopened)
        {
            return unopened;
        }

        DecoderFault? fault = null;
        bool isShortOfMemory = false;
        try
        {
            fault = DecodeOnce(ranges, isWanted, shown);
        }
        catch (OutOfMemoryException) when (_track.Decoder.Threads > 1)
        {
            // What the threads held may be what was lacking.
            isShortOfMemory = true;
        }

        if (_track.Decoder.Threads == 1 || _session.ShouldStop()
            || (fault is null && !isShortOfMemory && !_decoder.NeedsOneThread && _wanted.HaveAllCome))
        {
            return fault;
        }

        // With threads, errors come out later than their packets, and flags of concealed frames may be lost: verdicts are one thread's.
        shown?.Clear();
        return _track.Decoder.GiveThreadsUp() ?? DecodeOnce(ranges, isWanted, shown);
    }

    private DecoderFault? DecodeOnce(IReadOnlyList<PacketRange> ranges, Func<PacketIndexEntry, bool>? isWanted, List<long>? shown)
    {
        _decoder.Begin();
        _writer.Begin(_wanted.Slots.Count);
        _wanted.Begin();
        foreach (PacketRange range in ranges)
        {
            if (_decoder.Decode(range, isWanted, Take) is { } fault)
            {
                return fault;
            }

            if (_decoder.NeedsOneThread)
            {
                break;
            }
        }

        return null;

        DecoderFault? Take(long ticks, AVFrame* frame)
        {
            shown?.Add(ticks);
            return _wanted.Take(ticks) is { } slots ? _writer.Write(frame, _track, DisplayRotation.Of(frame, _track.Stream), slots) : null;
        }
    }

    private VideoDamage Judge(FrameTimeline timeline, DecodePlan? plan) =>
        VideoDamage.Of(_decoder, _wanted, _track, timeline, plan, _packets.Marks, DependsOnAll);

    // True where another number of frames would have made another selection.
    private bool DependsOnAll => _spec.Selection is not TimeFrames && !(_spec.Selection is IndexFrames indices && indices.Indices.All(index => index >= 0));

    private DecodeAnswer Answer(FrameTimeline timeline, VideoDamage finding)
    {
        DamageReport damage = finding.Report;
        if (finding.DamagedWanted > _session.Limits.MaxDamagedFrames || _writer.Shape is null)
        {
            string where = damage.FirstAt is { } at ? string.Create(CultureInfo.InvariantCulture, $", the first at {at.TotalSeconds:0.###} s") : string.Empty;
            string count = $"{finding.DamagedWanted} of {_wanted.Slots.Count}";
            return new DecodeAnswer(_session.Fault(FaultKind.Corrupt, $"{count} wanted frames are damaged or missing{where}: {finding.Describe()}."));
        }

        _wanted.FillMissing(_writer);
        return new DecodeAnswer(new DecodedClip(ElementType.UInt8, WindowedVideoShape.Of(_spec, _writer.Shape))
        {
            FrameTimesSeconds = [.. _wanted.Slots.Select(timeline.SecondsAt)],
            InterlacedFrameCount = _writer.InterlacedFrames,
            Damage = damage,
        });
    }
}

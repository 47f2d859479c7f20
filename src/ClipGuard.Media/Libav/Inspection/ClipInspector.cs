using ClipGuard.Media.Libav.Containers;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Inspection;

/// <summary>Looks at a clip: what its container says of each stream, and what comes out when each is decoded.</summary>
internal static unsafe class ClipInspector
{
    public static DecodeAnswer Run(DecodeState session, InspectSpec spec)
    {
        if (Container.Open(session, session.Request.Source, null, out Container? opened) is { } fault)
        {
            return new DecodeAnswer(fault);
        }

        List<StreamDescription> streams = [];
        string formatName;
        long duration;
        double? lasts;
        using (Container container = opened!)
        {
            formatName = container.FormatName;
            duration = container.Format->duration;
            lasts = container.SecondsOf(null);
            streams.AddRange(StreamHeaderInspection.DescribeAll(container));

            if (container.Links is { } links)
            {
                double behind = links.Skip(1).Sum(link => Seconds(session, link));
                duration += (long)(behind * ffmpeg.AV_TIME_BASE);
                lasts += behind;
                streams = [.. streams.Select(stream => stream with { DurationSeconds = stream.DurationSeconds + behind })];
            }
        }

        if (spec.CountFrames && (session.DurationFault(lasts) ?? Count(session, ref streams)) is { } tooLong)
        {
            return new DecodeAnswer(tooLong);
        }

        return Answer(session, new ClipDescription(formatName, duration > 0 ? (double)duration / ffmpeg.AV_TIME_BASE : null, streams)
        {
            Notes = session.Notes.Count > 0 ? session.Notes : null,
        });
    }

    // A chained clip is as long as all its links; one that cannot be opened has no length.
    private static double Seconds(DecodeState session, (long Start, long Length) link)
    {
        if (Container.Open(session, session.Request.Source, null, out Container? opened, link) is not null)
        {
            return 0;
        }

        using Container container = opened!;
        return container.SecondsOf(null) ?? 0;
    }

    private static DecoderFault? Count(DecodeState session, ref List<StreamDescription> streams)
    {
        List<StreamDescription> counted = [];
        DecoderFault? tooLong = null;
        foreach (StreamDescription stream in streams)
        {
            int number = counted.Count(other => other.Kind == stream.Kind);
            counted.Add(stream.Kind is StreamHeaderInspection.Audio or StreamHeaderInspection.Video or StreamHeaderInspection.Image
                ? StreamDecodeInspection.Of(session, stream, number, out tooLong)
                : stream);
            if (tooLong is not null)
            {
                break;
            }
        }

        streams = counted;
        return tooLong;
    }

    private static DecodeAnswer Answer(DecodeState session, ClipDescription description)
    {
        byte[] json = description.ToJson();
        if (!session.Payload.TryTake(json.Length, out byte* memory))
        {
            return new DecodeAnswer(session.PayloadFault("The description"));
        }

        json.CopyTo(new Span<byte>(memory, json.Length));
        return new DecodeAnswer(new DecodedClip(ElementType.UInt8, [json.Length]));
    }
}

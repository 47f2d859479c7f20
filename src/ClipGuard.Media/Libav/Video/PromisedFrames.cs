using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>Video frames that a container promises and does not hold. A container with an index says how many there are to be, others how long the track is.</summary>
internal static unsafe class PromisedFrames
{
    /// <summary>How many are missing, once the track was read to its end.</summary>
    /// <param name="track">The track.</param>
    /// <param name="packets">Packets that were read.</param>
    /// <param name="endSeconds">When the last frame is no longer shown, on the container's clock.</param>
    /// <param name="rateHz">Frames a second.</param>
    public static long Missing(Track track, long packets, double endSeconds, double rateHz)
    {
        // The last frame may stay on show for long, and lengths are rounded: a second, and one part in twenty, are not missed unless the file is known to end early.
        double? cutOff = HeaderPromise.EndSeconds(track) - endSeconds;
        double slack = track.EndsEarly ? 0 : Math.Max(1, endSeconds / 20);
        long missing = Math.Max(NotRead(track, packets, endSeconds, rateHz), cutOff > slack ? (long)(cutOff.Value * rateHz) : 0);

        // Where reading broke off, one frame is missing at least, and where the file ends early, too, unless the header shows that only other tracks lack something.
        bool lacksSome = track.ReadingBrokeOff is not null || (track.EndsEarly && !(cutOff * rateHz < 1));
        return Math.Max(missing, lacksSome ? 1 : 0);
    }

    /// <summary>How many frames the container counts beyond those that came, in packets or as the frame before once more.</summary>
    public static long NotRead(Track track, long packets)
    {
        long notRead = Math.Max(0, track.Stream->nb_frames - packets);
        return notRead == 0 ? 0 : Math.Max(0, notRead - track.RepeatedByContainer);
    }

    // An MP4's index also counts the frames that an edit list leaves out at the end: only those are missed that there was time for.
    private static long NotRead(Track track, long packets, double endSeconds, double rateHz)
    {
        AVStream* stream = track.Stream;
        long notRead = NotRead(track, packets);
        if (notRead == 0 || !track.Container.IsMov || stream->duration <= 0)
        {
            return notRead;
        }

        long start = stream->start_time == ffmpeg.AV_NOPTS_VALUE ? 0 : stream->start_time;
        double end = (double)(start + stream->duration) * stream->time_base.num / stream->time_base.den;
        return Math.Min(notRead, Math.Max(0, (long)Math.Round((end - endSeconds) * rateHz)));
    }
}

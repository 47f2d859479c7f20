using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>
/// Video frames that a container's header promises and that are missing. A container with an index gives their number, others the length of the track.
/// </summary>
internal static unsafe class MissingFrames
{
    /// <summary>How many are missing, once the track was read to its end.</summary>
    /// <param name="track">The track.</param>
    /// <param name="packets">Packets that were read.</param>
    /// <param name="endSeconds">When the last frame is no longer shown, on the container's clock.</param>
    /// <param name="rateHz">Frames a second.</param>
    public static long Missing(Track track, long packets, double endSeconds, double rateHz)
    {
        // The last frame may stay on show for long, and lengths in headers are rounded: up to one second or 5 % of the length does not count as missing,
        // unless the file is known to end early.
        double? cutOff = DeclaredDuration.EndSeconds(track) - endSeconds;
        double slack = track.EndsEarly ? 0 : Math.Max(1, endSeconds / 20);
        long missing = Math.Max(NotRead(track, packets, endSeconds, rateHz), cutOff > slack ? (long)(cutOff.Value * rateHz) : 0);

        // Where reading broke off or the file ends early at least one frame is missing, unless the header's length of this track shows that what is missing
        // belongs to other tracks.
        bool lacksSome = track.ReadingBrokeOff is not null || (track.EndsEarly && !(cutOff * rateHz < 1));
        return Math.Max(missing, lacksSome ? 1 : 0);
    }

    /// <summary>How many frames the container counts beyond those that came, in packets or as the frame before once more.</summary>
    public static long NotRead(Track track, long packets)
    {
        long notRead = Math.Max(0, track.Stream->nb_frames - packets);
        return notRead == 0 ? 0 : Math.Max(0, notRead - track.RepeatedByContainer);
    }

    // An MP4's index also counts frames that an edit list excludes at the end. So at most as many are missing as fit into the rest of the track's duration.
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

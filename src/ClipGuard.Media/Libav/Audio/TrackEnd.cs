using ClipGuard.Media.Libav.Tracks;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>What is known at the end of a track's decoding of where its samples came from.</summary>
/// <param name="FrameSamples">Samples of a whole frame of the codec: what one refused packet loses.</param>
/// <param name="RefusedPackets">Packets that the decoder refused.</param>
/// <param name="ReadingBrokeOff">What ended the reading before the container's end; null where nothing did.</param>
/// <param name="SecondsCutOff">What is missing of the track's end by the container's clock; 0 where nothing is, or nothing tells.</param>
internal readonly unsafe record struct TrackEnd(int FrameSamples, long RefusedPackets = 0, string? ReadingBrokeOff = null, double SecondsCutOff = 0)
{
    // What a frame comes to in a codec that does not say.
    private const int UsualFrameSamples = 1024;

    /// <summary>The end of a track that FFmpeg decoded.</summary>
    public static TrackEnd Of(Track track)
    {
        int frameSamples = track.Stream->codecpar->frame_size;
        return new TrackEnd(frameSamples > 0 ? frameSamples : UsualFrameSamples, track.RefusedPackets, track.ReadingBrokeOff, HeaderPromise.SecondsCutOff(track));
    }
}

using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>How the decoding of an audio track ended: what <see cref="AudioDamage.Judge"/> has to know of it.</summary>
/// <param name="FrameSamples">Samples of a whole frame of the codec: what one refused packet loses.</param>
/// <param name="SlackSamples">Samples that a header may promise too many without lying: a last frame that is cut short or padded.</param>
/// <param name="RefusedPackets">Packets that the decoder refused.</param>
/// <param name="MarkedPackets">Packets that the container marked as damaged.</param>
/// <param name="ReadingBrokeOff">What ended the reading before the container's end; null where nothing did.</param>
/// <param name="SecondsCutOff">What is missing of the track's end by the container's clock; null where nothing tells.</param>
internal readonly unsafe record struct AudioDamageEvidence(
    int FrameSamples,
    int SlackSamples = 0,
    long RefusedPackets = 0,
    long MarkedPackets = 0,
    string? ReadingBrokeOff = null,
    double? SecondsCutOff = null)
{
    // Taken for codecs that do not say how long a frame is: the frame of AAC.
    private const int UsualFrameSamples = 1024;
    private const int SlackFrames = 2;

    /// <summary>The end of a track that FFmpeg decoded.</summary>
    public static AudioDamageEvidence Of(AudioFrames frames) => Of(frames.Track, frames.RefusedPackets, frames.MarkedPackets);

    /// <inheritdoc cref="Of(AudioFrames)"/>
    public static AudioDamageEvidence Of(Track track, long refusedPackets, long markedPackets)
    {
        int said = track.Stream->codecpar->frame_size;

        // A packet of PCM that is refused ends within a sample, and loses that one.
        int frameSamples = track.IsUncompressed ? 1 : said > 0 ? said : UsualFrameSamples;

        // The headers of these count single samples, those of other codecs whole frames.
        bool isExact = track.IsUncompressed || track.Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_FLAC;
        return new AudioDamageEvidence(
            frameSamples,
            isExact ? 0 : SlackFrames * frameSamples,
            refusedPackets,
            markedPackets,
            track.ReadingBrokeOff,
            DeclaredDuration.SecondsCutOff(track));
    }
}

using ClipGuard.Media.Libav.Containers;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>Which stream of a container is decoded: the one that was asked for by its number, or the main one (<see cref="MainTrack"/>).</summary>
internal static unsafe class TrackChoice
{
    /// <summary>Finds it, or says what the container holds instead.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="container">The container.</param>
    /// <param name="kind">Audio or video.</param>
    /// <param name="number">Which stream of that kind, from 0; null for the main one.</param>
    /// <param name="decoder">Receives the decoder for it.</param>
    /// <param name="index">The stream's index where there is no fault.</param>
    public static DecoderFault? Find(DecodeState session, Container container, AVMediaType kind, int? number, AVCodec** decoder, out int index)
    {
        int chosen = number is { } which ? container.StreamNumber(kind, which) : -1;
        index = number is null ? MainTrack.Find(container, kind, decoder)
            : chosen < 0 ? -1
            : ffmpeg.av_find_best_stream(container.Format, kind, chosen, -1, decoder, 0);
        return index < 0 ? NoStream(session, container, kind, number) : null;
    }

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
}

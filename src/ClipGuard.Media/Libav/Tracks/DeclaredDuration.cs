using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>
/// The length that a container's header gives a track, where it gives it for this very track. A truncated file ends earlier,
/// which several demuxers report as the regular end.
/// </summary>
internal static unsafe class DeclaredDuration
{
    // Demuxers of formats whose header has an audio track's number of samples. Others give an estimate, or the duration of all tracks together.
    private static readonly string[] CountSamples = ["wav", "w64", "flac", "aiff", "au", "caf", "mp3", "tta", "wv", "ape"];

    // Writers that did not know the length (as to a pipe) put the largest number into the header, or one near it.
    private const long UnknownBytes = 0x7FFF_0000;

    /// <summary>How many samples of each channel an audio track has, encoder delay left out; null where nothing reliable says so.</summary>
    public static long? Samples(Track track, int rateHz) => EndSeconds(track) is { } end ? (long)Math.Round((end - StartSeconds(track)) * rateHz) : null;

    /// <summary>When the track ends, in seconds on the container's clock; null where nothing reliable says so.</summary>
    public static double? EndSeconds(Track track)
    {
        // In other containers a tag of that name was copied from a Matroska file, and is that file's.
        if (track.Container.IsMatroska && Tag(track.Stream, "DURATION") is { } tag)
        {
            return tag;
        }

        if (track.Container.FormatName == "wav" && track.IsUncompressed)
        {
            return WavEndSeconds(track);
        }

        AVStream* stream = track.Stream;
        bool estimated = track.Container.Format->duration_estimation_method == AVDurationEstimationMethod.AVFMT_DURATION_FROM_BITRATE;
        if (estimated || stream->duration <= 0 || !CountSamples.Contains(track.Container.FormatName))
        {
            return null;
        }

        double seconds = (double)stream->duration * stream->time_base.num / stream->time_base.den;
        if (LibavDifferences.TellsMp3WithoutDelay && track.Container.FormatName == "mp3")
        {
            seconds += StartSeconds(track);
        }

        return seconds * stream->codecpar->bit_rate / 8 >= UnknownBytes ? null : seconds;
    }

    /// <summary>
    /// Seconds between the last packet's end and the end that the index of an MP4 gives the track; null where reading has not come to its end, or there is no
    /// index. Measured on the container's clock: audio with gaps has fewer samples than its length says, and nothing of it is missing.
    /// </summary>
    public static double? SecondsCutOff(Track track)
    {
        AVStream* stream = track.Stream;
        bool indexed = track.Container.IsMov && stream->nb_frames > 0 && stream->duration > 0;

        // Of a track without an edit list libavformat counts an encoder's delay into its start; its length then begins with the first packet.
        long start = stream->start_time == ffmpeg.AV_NOPTS_VALUE ? 0 : Math.Min(stream->start_time, Math.Max(0, track.FirstPacketTicks ?? stream->start_time));
        return indexed && (track.IsAtEnd || track.ReadingBrokeOff is not null) && track.LastPacketEnd is { } end
            ? Math.Max(0, (double)(start + stream->duration - end) * stream->time_base.num / stream->time_base.den)
            : null;
    }

    // The end includes the encoder's delay, which libavformat also puts into start_time; it is no part of the clip.
    private static double StartSeconds(Track track)
    {
        AVStream* stream = track.Stream;
        return stream->start_time == ffmpeg.AV_NOPTS_VALUE ? 0 : (double)stream->start_time * stream->time_base.num / stream->time_base.den;
    }

    /// <summary>
    /// The number of samples by the tag iTunSMPB of Apple's encoders: " 00000000 delay padding samples …", in hexadecimal. Null where there is none.
    /// </summary>
    public static long? ItunesSamples(Track track)
    {
        string[] words = Text(track.Container.Format->metadata, "iTunSMPB")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 3 && long.TryParse(words[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long samples) && samples > 0
            ? samples
            : null;
    }

    // Where the file is shorter than the header says, libavformat drops the header's length, so the header is read here. Samples of PCM follow from bytes.
    private static double? WavEndSeconds(Track track)
    {
        AVCodecParameters* codec = track.Stream->codecpar;
        return codec->block_align > 0 && codec->sample_rate > 0 && WavHeader.Read(track.Container.Bytes).SampleBytes is { } bytes and < UnknownBytes
            ? (double)(bytes / codec->block_align) / codec->sample_rate
            : null;
    }

    // Matroska's muxers write each track's length as text: 00:00:04.000000000.
    private static double? Tag(AVStream* stream, string name)
    {
        string[] parts = Text(stream->metadata, name)?.Split(':') ?? [];
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minutes)
            && double.TryParse(parts[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            ? (((hours * 60L) + minutes) * 60) + seconds
            : null;
    }

    private static string? Text(AVDictionary* metadata, string name)
    {
        AVDictionaryEntry* entry = ffmpeg.av_dict_get(metadata, name, null, 0);
        return entry == null ? null : Marshal.PtrToStringUTF8((nint)entry->value);
    }
}

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Video;

/// <summary>What is kept of every packet of a track, in the order they are decoded in.</summary>
/// <param name="Ticks">Presentation time in the track's time base; <see cref="ffmpeg.AV_NOPTS_VALUE"/> where there is none.</param>
/// <param name="DecodeTicks">Decoding time; <see cref="ffmpeg.AV_NOPTS_VALUE"/> where there is none.</param>
/// <param name="Flags">The packet's flags.</param>
/// <param name="Bytes">Its length.</param>
internal readonly record struct PacketIndexEntry(long Ticks, long DecodeTicks, int Flags, int Bytes)
{
    /// <summary>How long its frame stays on show, in the track's time base; 0 where that is not known.</summary>
    public long DurationTicks { get; init; }

    /// <summary>True where decoding can begin here.</summary>
    public bool IsKey => (Flags & ffmpeg.AV_PKT_FLAG_KEY) != 0;

    /// <summary>True where its frame is a mere reference for others: an edit list excludes it, or the codec says that it is never shown.</summary>
    public bool IsHidden => (Flags & ffmpeg.AV_PKT_FLAG_DISCARD) != 0;

    /// <summary>True where the container itself found the bytes damaged.</summary>
    public bool IsCorrupt => (Flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0;
}

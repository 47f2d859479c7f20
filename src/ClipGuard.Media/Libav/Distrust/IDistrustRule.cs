using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>One thing that FFmpeg gets wrong without a word, told by a clip's bytes before FFmpeg sees them. A rule keeps nothing between clips.</summary>
internal interface IDistrustRule
{
    /// <summary>Looks at a clip. What it reads further than the head it reads only where the head already speaks for the rule.</summary>
    /// <param name="head">The clip's first bytes, at most <see cref="DistrustRules.HeadBytes"/>.</param>
    /// <param name="bytes">The whole clip. Reading it is not counted as progress.</param>
    /// <param name="wanted">The kind of stream that is to be decoded; null where all are looked at.</param>
    /// <returns>What is done instead of what FFmpeg would do; null where the rule has nothing to say.</returns>
    Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted);
}

/// <summary>What a rule found, and what is done about it: other bytes are given to FFmpeg, or the clip is refused.</summary>
/// <param name="Note">What is the matter and what is done, in a sentence; <c>inspect</c> shows it.</param>
internal sealed record Distrusted(string Note)
{
    /// <summary>The bytes that FFmpeg is given in place of the clip's; they own the clip's. Null where it gets the clip's own.</summary>
    public ClipBytes? Instead { get; init; }

    /// <summary>True where the container's clock is wrong: samples are counted from the first one, and no jump is taken.</summary>
    public bool IgnoresClock { get; init; }

    /// <summary>How many samples of each channel the audio has, where FFmpeg cuts it wrongly; it is then told to cut nothing. Null elsewhere.</summary>
    public long? Samples { get; init; }

    /// <summary>Where the clip is a chain of clips: each one's first byte and length, to be decoded one after the other. Null elsewhere.</summary>
    public IReadOnlyList<(long Start, long Length)>? Links { get; init; }

    /// <summary>The picture, where the bytes that FFmpeg is given tell of one of its parts alone. Null elsewhere.</summary>
    public HeifMainPicture? Picture { get; init; }

    /// <summary>True where the clip is refused as <see cref="FaultKind.Unsupported"/>, with the note as the reason.</summary>
    public bool IsRefused { get; init; }
}

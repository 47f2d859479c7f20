using ClipGuard.Media;

namespace ClipGuard.Cli.Parity;

/// <summary>What came of one stream that was decoded here and by the ffmpeg program.</summary>
/// <param name="Clip">The clip's file.</param>
/// <param name="Container">FFmpeg's name of the container, or where it could not be told the file name's extension.</param>
/// <param name="Codec">FFmpeg's name of the codec; a question mark where it could not be told.</param>
/// <param name="Kind">Audio, video or image; null where it could not be told.</param>
internal sealed record ParityResult(string Clip, string Container, string Codec, ClipKind? Kind)
{
    /// <summary>The most by which samples of audio may be apart and still agree: less than a step of 20 bits.</summary>
    public const double SampleTolerance = 1e-6;

    /// <summary>The most by which pixels may be apart, in steps of 255: a rounding.</summary>
    public const double PixelTolerance = 1;

    /// <summary>The most by which the times of frames may be apart, in seconds.</summary>
    public const double TimeTolerance = 0.0005;

    /// <summary>Why there is nothing of ClipGuard's; null where there is.</summary>
    public string? RefusedHere { get; init; }

    /// <summary>Why there is nothing of ffmpeg's; null where there is.</summary>
    public string? RefusedThere { get; init; }

    /// <summary>Why nobody knows what ClipGuard makes of it, where the machine or the storage was too busy to tell; null where it is known.</summary>
    public string? Unsettled { get; init; }

    /// <summary>What ClipGuard reads otherwise than FFmpeg would, on purpose: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Samples of each channel, or frames, that came out here.</summary>
    public long Here { get; init; }

    /// <summary>The same of ffmpeg's.</summary>
    public long There { get; init; }

    /// <summary>Frames whose pixels were compared; of audio, samples of each channel.</summary>
    public long Compared { get; init; }

    /// <summary>How far values are apart at most: full scale of audio is 1, that of pixels 255.</summary>
    public double ValuesApart { get; init; }

    /// <summary>How far the times of compared frames are apart at most, in seconds.</summary>
    public double SecondsApart { get; init; }

    /// <summary>True where both gave something to compare.</summary>
    public bool IsCompared => RefusedHere is null && RefusedThere is null && Unsettled is null;

    /// <summary>True where both are of one length.</summary>
    public bool LengthAgrees => Here == There;

    /// <summary>True where times are as near as is to be expected.</summary>
    public bool TimesAgree => SecondsApart <= TimeTolerance;

    /// <summary>True where values are as near as is to be expected.</summary>
    public bool ValuesAgree => ValuesApart <= (Kind == ClipKind.Audio ? SampleTolerance : PixelTolerance);

    /// <summary>True where everything agrees, be it that both give nothing.</summary>
    public bool Agrees => IsCompared ? LengthAgrees && TimesAgree && ValuesAgree : RefusedHere is not null && RefusedThere is not null;
}

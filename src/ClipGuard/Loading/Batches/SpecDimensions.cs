using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>The shapes of clips as far as a spec fixes them, before any is decoded.</summary>
internal static class SpecDimensions
{
    /// <summary>The smallest shape that a clip can have: each dimension as the spec fixes it, or 1 where the spec leaves it open.</summary>
    public static int[] Smallest(ClipSpec spec) => spec switch
    {
        AudioSpec { Windows: { } windows } audio => [windows.Count, 1, Samples(windows.Seconds, audio.SampleRateHz)],
        AudioSpec audio => [1, Samples(audio.DurationSeconds, audio.SampleRateHz)],
        VideoSpec { Selection: WindowFrames windows } video => [windows.Count, windows.FramesPerWindow, .. Picture(video)],
        VideoSpec video => [Frames(video.Selection), .. Picture(video)],
        PictureSpec picture => Picture(picture),
        _ => [1],
    };

    /// <summary>The dimension that says how long a clip is: samples of audio, frames of video, rows of images.</summary>
    public static int OfLength(ClipSpec spec) => spec switch
    {
        AudioSpec { Windows: not null } => 2,
        VideoSpec { Selection: WindowFrames } => 1,
        AudioSpec => 1,
        ImageSpec { Layout: PixelLayout.ChannelsFirst } => 1,
        _ => 0,
    };

    /// <summary>
    /// The shape of what ragged clips are made of, one behind the other: a sample of one channel, a frame where the spec fixes its size, a pixel where its
    /// channels lie together. Otherwise empty: a single element.
    /// </summary>
    public static int[] OfUnit(ClipSpec spec) => spec switch
    {
        VideoSpec { Size: ExactSize or ShorterSideSize } video => Picture(video),
        ImageSpec { Layout: PixelLayout.ChannelsLast } image => [image.Colors == PixelColors.Gray ? 1 : 3],
        _ => [],
    };

    private static int Samples(double? duration, int rateHz) =>
        duration is { } seconds && rateHz > 0 ? (int)Math.Clamp(Math.Floor(seconds * rateHz), 1, 1 << 24) : 1;

    private static int Frames(FrameSelection selection) => Math.Max(1, selection is RateFrames rate ? rate.MinFrames : selection.KnownCount ?? 0);

    private static int[] Picture(PictureSpec picture)
    {
        (int width, int height) = picture.Size switch
        {
            ExactSize exact => (exact.Width, exact.Height),
            ShorterSideSize cut => (cut.CropWidth, cut.CropHeight),
            SmartSize smart => (smart.Factor, smart.Factor),
            _ => (1, 1),
        };
        int channels = picture.Colors == PixelColors.Gray ? 1 : 3;
        return picture.Layout == PixelLayout.ChannelsFirst ? [channels, height, width] : [height, width, channels];
    }
}

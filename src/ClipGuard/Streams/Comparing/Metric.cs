namespace ClipGuard.Streams.Comparing;

/// <summary>A measure of how far a distorted clip is from its reference.</summary>
public enum Metric
{
    /// <summary>
    /// Peak signal-to-noise ratio in dB, by the psnr filter of the program ffmpeg:
    /// <c>psnr</c> over all frames and planes (infinite for equal clips), <c>psnr_y psnr_u psnr_v</c>, and <c>psnr_min psnr_max</c> of single frames.
    /// </summary>
    Psnr,

    /// <summary>
    /// Structural similarity, at most 1, by the ssim filter of the program ffmpeg: <c>ssim</c> over all planes, <c>ssim_y ssim_u ssim_v</c>.
    /// The filter has one thread: ffmpeg's own figure depends, in the fourth digit, on how many it has.
    /// </summary>
    Ssim,

    /// <summary>
    /// Netflix's VMAF, 0 to 100, by the program vmaf with its default model: <c>vmaf</c> as the mean over frames, <c>vmaf_min vmaf_harmonic_mean</c>.
    /// </summary>
    Vmaf,
}

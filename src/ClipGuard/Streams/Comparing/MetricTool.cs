namespace ClipGuard.Streams.Comparing;

/// <summary>The programs that measure, with one thread each.</summary>
internal static class MetricTool
{
    /// <summary>The program of a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="shortest">True where it is to stop at the shorter clip's end.</param>
    public static ToolCommand Of(Metric metric, bool shortest) => metric switch
    {
        Metric.Vmaf => new ToolCommand("vmaf", ["-r", "{reference}", "-d", "{distorted}", "--threads", "1", "-q", "--json", "-o", "{output}"]),
        Metric.Ssim => Filter("ssim", shortest),
        _ => Filter("psnr", shortest),
    };

    // The filters take the distorted clip first.
    private static ToolCommand Filter(string name, bool shortest) => new(
        "ffmpeg",
        [
            "-nostdin", "-hide_banner", "-nostats", "-v", "info", "-filter_complex_threads", "1",
            "-threads", "1", "-f", "yuv4mpegpipe", "-i", "{distorted}",
            "-threads", "1", "-f", "yuv4mpegpipe", "-i", "{reference}",
            "-lavfi", $"[0:v][1:v]{name}{(shortest ? "=shortest=1" : string.Empty)}", "-f", "null", "-",
        ]);
}

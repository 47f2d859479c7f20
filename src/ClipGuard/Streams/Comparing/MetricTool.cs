namespace ClipGuard.Streams.Comparing;

/// <summary>The programs that measure.</summary>
internal static class MetricTool
{
    /// <summary>The program for what is to be measured.</summary>
    /// <param name="options">What is to be measured; a tool of the user's own does not count here.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric, or it is missing here.</exception>
    public static ToolCommand Of(ComparisonOptions options)
    {
        bool hasVmaf = options.Metric != Metric.Vmaf || ProgramSearch.Has("vmaf");
        return Of(options, hasVmaf, hasLibvmaf: !hasVmaf && FfmpegFilterProbe.HasLibvmaf);
    }

    /// <summary>The same, given what the machine has. Where it has neither, the first way tells how to get it.</summary>
    public static ToolCommand Of(ComparisonOptions options, bool hasVmaf, bool hasLibvmaf) => options.Metric switch
    {
        Metric.Vmaf when !hasVmaf && hasLibvmaf => Filter(Libvmaf(options)),
        Metric.Vmaf => Vmaf(options),
        Metric.Ssim => Filter(WithFrames("ssim", options)),
        Metric.Psnr => Filter(WithFrames("psnr", options)),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Metric, "No program is known that measures this."),
    };

    private static ToolCommand Vmaf(ComparisonOptions options) => new(
        "vmaf",
        [
            "-r", "{reference}", "-d", "{distorted}", "--threads", $"{options.MetricThreads}", "-q", "--json", "-o", "{output}",
            .. options.Model is { } model ? ["--model", Literal(ModelOf(model))] : Array.Empty<string>(),
            .. options.Features.SelectMany(static feature => new[] { "--feature", Literal(feature) }),
        ]);

    // As vmaf's program does it, by a second way: the filter writes the same report.
    private static string Libvmaf(ComparisonOptions options)
    {
        List<string> settings = ["log_fmt=json", "log_path={output}", $"n_threads={options.MetricThreads}"];
        if (options.Model is { } model)
        {
            settings.Add($"model={Quoted(ModelOf(model))}");
        }

        if (options.Features.Count > 0)
        {
            settings.Add($"feature={Quoted(string.Join('|', options.Features.Select(static feature => $"name={feature}")))}");
        }

        if (options.AnyLength)
        {
            settings.Add("shortest=1");
        }

        return $"libvmaf={string.Join(':', settings)}";
    }

    private static string ModelOf(string model) => model.Contains('/', StringComparison.Ordinal) ? $"path={Path.GetFullPath(model)}" : $"version={model}";

    private static string Literal(string text) => text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    // Two levels read it: the filter's settings, which colons part, and the graph, which commas, semicolons and brackets part.
    private static string Quoted(string text) => Literal(Escaped(Escaped(text, @"\':"), @"\'[],;"));

    private static string Escaped(string text, string special) => string.Concat(text.Select(letter => special.Contains(letter) ? $@"\{letter}" : $"{letter}"));

    private static string WithFrames(string name, ComparisonOptions options)
    {
        string[] settings =
        [
            .. options.PerFrame ? ["stats_file={output}"] : Array.Empty<string>(), .. options.AnyLength ? ["shortest=1"] : Array.Empty<string>(),
        ];
        return settings.Length == 0 ? name : $"{name}={string.Join(':', settings)}";
    }

    // The filters take the distorted clip first.
    private static ToolCommand Filter(string filter) => new(
        "ffmpeg",
        [
            "-nostdin", "-hide_banner", "-nostats", "-v", "info", "-filter_complex_threads", "1",
            "-threads", "1", "-f", "yuv4mpegpipe", "-i", "{distorted}",
            "-threads", "1", "-f", "yuv4mpegpipe", "-i", "{reference}",
            "-lavfi", $"[0:v][1:v]{filter}", "-f", "null", "-",
        ]);
}

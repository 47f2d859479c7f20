using System.ComponentModel;
using System.Diagnostics;

namespace ClipGuard.Streams.Comparing;

/// <summary>What the ffmpeg program of this machine can measure. Distributions build it without libvmaf or with it.</summary>
internal static class FfmpegFilterProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly Lazy<bool> Libvmaf = new(Ask);

    /// <summary>Whether it has the filter libvmaf; false where there is no such program.</summary>
    public static bool HasLibvmaf => Libvmaf.Value;

    private static bool Ask()
    {
        if (!ProgramSearch.Has("ffmpeg"))
        {
            return false;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(ProgramSearch.Find("ffmpeg"), ["-nostdin", "-hide_banner", "-v", "quiet", "-filters"])
            {
                RedirectStandardOutput = true,
            })!;
            Task<string> filters = process.StandardOutput.ReadToEndAsync();
            if (!filters.Wait(Limit))
            {
                process.Kill();
                return false;
            }

            return filters.Result.Contains(" libvmaf ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is Win32Exception or ToolUnavailableException)
        {
            return false;
        }
    }
}

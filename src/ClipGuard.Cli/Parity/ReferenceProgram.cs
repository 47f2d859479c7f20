using System.Diagnostics;
using System.Globalization;

namespace ClipGuard.Cli.Parity;

/// <summary>
/// The ffmpeg program, decoding by itself. A clip may hang it, so each run has a limit and is then killed; its output is drained as it comes, and of its
/// errors the first lines are kept.
/// </summary>
/// <param name="path">Where it is.</param>
/// <param name="limit">Wall clock of one run.</param>
internal sealed class ReferenceProgram(string path, TimeSpan limit)
{
    private const int BlockBytes = 1 << 16;
    private const string TimeBase = "config in time_base: ";
    private const string Time = " pts:";

    /// <summary>Decodes audio as 32-bit floats, channels alternating, as the track has them.</summary>
    /// <param name="clip">The file.</param>
    /// <param name="take">Takes the bytes, piece by piece.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null, or why there is nothing.</returns>
    public Task<string?> ReadAudioAsync(string clip, Action<ReadOnlySpan<byte>> take, CancellationToken cancellation) =>
        RunAsync([.. Input(clip), "-vn", "-sn", "-dn", "-c:a", "pcm_f32le", "-f", "f32le", "-"], take, static _ => { }, cancellation);

    /// <summary>Decodes frames to RGB of a size, with the scaler's settings that ClipGuard has.</summary>
    /// <param name="clip">The file.</param>
    /// <param name="width">Their width.</param>
    /// <param name="height">Their height.</param>
    /// <param name="overWhite">True for pictures with transparent pixels, which are laid over white here.</param>
    /// <param name="one">True for the first alone.</param>
    /// <param name="take">Takes the bytes, piece by piece.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null, or why there is nothing.</returns>
    public Task<string?> ReadFramesAsync(
        string clip, int width, int height, bool overWhite, bool one, Action<ReadOnlySpan<byte>> take, CancellationToken cancellation)
    {
        string scale = $"scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int,format={(overWhite ? "rgba" : "rgb24")}";
        string[] first = one ? ["-frames:v", "1"] : [];
        return RunAsync(
            [.. Input(clip), "-an", "-sn", "-dn", "-fps_mode", "passthrough", .. first, "-vf", scale, "-f", "rawvideo", "-"],
            overWhite ? new WhiteBackground(take).Add : take,
            static _ => { },
            cancellation);
    }

    /// <summary>When frames are shown, in seconds from the first on; not a number for a frame that has no time.</summary>
    /// <param name="clip">The file.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<(double[] Seconds, string? Refused)> ReadTimesAsync(string clip, CancellationToken cancellation)
    {
        List<double> seconds = [];
        double unit = double.NaN;
        string? refused = await RunAsync(
            ["-nostdin", "-v", "info", "-nostats", "-i", $"file:{clip}", "-an", "-sn", "-dn", "-fps_mode", "passthrough", "-vf", "showinfo=checksum=0", "-f",
                "null", "-"],
            static _ => { },
            Note,
            cancellation).ConfigureAwait(false);
        return ([.. seconds.Select(time => time - seconds[0])], refused);

        // "[Parsed_showinfo_0 @ 0x…] config in time_base: 1/12800, …" and then, of each frame, "… n:   1 pts:    512 pts_time:0.04 …".
        void Note(string line)
        {
            if (line.IndexOf(TimeBase, StringComparison.Ordinal) is >= 0 and var at)
            {
                string[] fraction = line[(at + TimeBase.Length)..].Split(',', '/');
                unit = double.Parse(fraction[0], CultureInfo.InvariantCulture) / double.Parse(fraction[1], CultureInfo.InvariantCulture);
            }
            else if (line.Contains("showinfo", StringComparison.Ordinal) && line.IndexOf(Time, StringComparison.Ordinal) is >= 0 and var pts)
            {
                string ticks = line[(pts + Time.Length)..].TrimStart().Split(' ')[0];
                seconds.Add(long.TryParse(ticks, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number * unit : double.NaN);
            }
        }
    }

    private static string[] Input(string clip) => ["-nostdin", "-v", "error", "-i", $"file:{clip}"];

    private async Task<string?> RunAsync(string[] arguments, Action<ReadOnlySpan<byte>> take, Action<string> note, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        clock.CancelAfter(limit);
        string? said = null;
        long bytes = 0;
        try
        {
            Task errors = Task.Run(
                async () =>
                {
                    while (await process.StandardError.ReadLineAsync(clock.Token).ConfigureAwait(false) is { } line)
                    {
                        note(line);
                        said ??= line;
                    }
                },
                CancellationToken.None);
            byte[] block = new byte[BlockBytes];
            int read;
            while ((read = await process.StandardOutput.BaseStream.ReadAsync(block, clock.Token).ConfigureAwait(false)) > 0)
            {
                take(block.AsSpan(0, read));
                bytes += read;
            }

            await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(clock.Token).ConfigureAwait(false);
            return process.ExitCode == 0 ? null : said ?? $"it ended with exit code {process.ExitCode}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return FormattableString.Invariant($"it was not done within {limit.TotalSeconds:0.##} s");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}

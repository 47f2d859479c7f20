using System.Diagnostics;
using System.Text;

using NUnit.Framework;

namespace ClipGuard.TestSupport;

/// <summary>
/// The ffmpeg program, which makes the tests' media and is what results are compared with. Tests that need it are skipped by name without it.
/// </summary>
internal static class FfmpegProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs ffmpeg with arguments parted by spaces; quoted parts stay together.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public static byte[] Run(string arguments) => Run("ffmpeg", $"-nostdin -v error -y {arguments}");

    /// <summary>Runs ffprobe.</summary>
    /// <returns>The lines that it wrote.</returns>
    public static string[] Probe(string arguments) =>
        Encoding.UTF8.GetString(Run("ffprobe", $"-v error {arguments}")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Its major version; what was built between two releases counts as newer than all.</summary>
    public static int Major => int.TryParse(Encoding.UTF8.GetString(Run("ffmpeg", "-version")).Split(' ')[2].TrimStart('n').Split('.')[0], out int major)
        ? major
        : int.MaxValue;

    private static byte[] Run(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("The ffmpeg program is not installed; it makes the media of this test.");
            throw;
        }

        using (process)
        {
            Task<string> errors = process!.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            Task copy = process.StandardOutput.BaseStream.CopyToAsync(output);
            if (!process.WaitForExit(Limit))
            {
                process.Kill();
                Assert.Fail($"{program} {arguments} did not end within {Limit}.");
            }

            copy.GetAwaiter().GetResult();
            Assert.That(process.ExitCode, Is.Zero, () => $"{program} {arguments}: {errors.Result}");
            return output.ToArray();
        }
    }
}

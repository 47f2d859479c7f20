using System.Diagnostics;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Support;

/// <summary>A Python with NumPy, which reads the arrays that the command writes. Tests that need it are skipped by name without it.</summary>
internal static class NumPyProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Loads an array as its reader would.</summary>
    /// <param name="path">The .npy file.</param>
    /// <param name="then">What to do to the array, in Python.</param>
    /// <returns>The type as NumPy writes it, and the elements, the last dimension fastest.</returns>
    public static (string Type, byte[] Elements) Load(string path, string then)
    {
        string raw = path + ".raw";
        string type = Run($"import numpy, sys; a = numpy.load(sys.argv[1]); open(sys.argv[2], 'wb').write(a{then}.tobytes()); print(a.dtype.str)", path, raw);
        return (type.Trim(), File.ReadAllBytes(raw));
    }

    private static string Run(string script, params string[] arguments)
    {
        foreach (string python in new[] { "python3", "/usr/bin/python3" })
        {
            if (Try(python, "import numpy") is not null)
            {
                return Try(python, script, arguments) ?? throw new AssertionException($"NumPy cannot: {script}");
            }
        }

        Assert.Ignore("No Python with NumPy is installed; it reads the arrays of this test.");
        throw new InvalidOperationException();
    }

    private static string? Try(string python, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(python, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Limit))
            {
                process.Kill();
                throw new AssertionException($"{python} did not end within {Limit}.");
            }

            _ = error.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

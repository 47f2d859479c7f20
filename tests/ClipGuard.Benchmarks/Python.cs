using System.ComponentModel;

namespace ClipGuard.Benchmarks;

/// <summary>
/// Finds a Python for the peers that are written in it: the one that the environment variable <c>CLIPGUARD_BENCH_PYTHON</c> names, the system's, or the path's.
/// </summary>
internal static class Python
{
    private const string Variable = "CLIPGUARD_BENCH_PYTHON";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <returns>Null, after a line that says so, where none has the modules.</returns>
    public static async Task<string?> FindAsync(string modules)
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        foreach (string python in string.IsNullOrEmpty(given) ? (string[])["/usr/bin/python3", "python3"] : [given])
        {
            try
            {
                await ChildProgram.MustRunAsync(python, ["-c", $"import {modules}"], Limit);
                return python;
            }
            catch (Exception lacking) when (lacking is InvalidOperationException or Win32Exception)
            {
                continue;
            }
        }

        Console.WriteLine($"No Python with {modules} was found; {Variable} names one. What is written in it is left out.");
        return null;
    }
}

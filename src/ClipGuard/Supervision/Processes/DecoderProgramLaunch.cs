using System.Collections;
using System.Globalization;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>How a decoder of somebody else's is started: found as a shell would find it, with what such programs need of the environment.</summary>
internal static class DecoderProgramLaunch
{
    private const string ThreadsEnding = "_NUM_THREADS";

    private static readonly string[] Passed =
        ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "HF_HOME"];

    // Lists of folders in which one may be relative to a folder that the program does not run in.
    private static readonly string[] Lists = ["PATH", "PYTHONPATH", "LD_LIBRARY_PATH"];

    /// <summary>The launch of a program.</summary>
    /// <exception cref="HelperUnavailableException">There is no such program.</exception>
    public static HelperLaunch Of(DecoderProgram decoder, SupervisorOptions options)
    {
        string path = Find(decoder.Program)
            ?? throw new HelperUnavailableException($"The decoder {decoder.Program} is neither a program nor one in the PATH.", decoderMissing: true);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1",
            [WireProtocol.VersionVariable] = WireProtocol.Version.ToString(CultureInfo.InvariantCulture),
            [WireProtocol.ProfileVariable] = nameof(HelperSandboxProfile.Program),
            ["CLIPGUARD_SANDBOX"] = options.Sandbox.ToString(),
            ["CLIPGUARD_MEMORY_BYTES"] = options.HelperMemoryBytes.ToString(CultureInfo.InvariantCulture),
        };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (variable.Value is string { Length: > 0 } value
                && (Passed.Contains(name) || decoder.PassedVariables.Contains(name) || name.EndsWith(ThreadsEnding, StringComparison.Ordinal)))
            {
                environment[name] = Lists.Contains(name) ? Absolute(value) : value;
            }
        }

        foreach ((string name, string value) in options.HelperEnvironment)
        {
            environment[name] = value;
        }

        return new HelperLaunch(
            path,
            [path, .. decoder.Arguments.Select(static argument => File.Exists(argument) ? Path.GetFullPath(argument) : argument)],
            [.. environment.Select(static variable => $"{variable.Key}={variable.Value}")],
            options.PayloadBytes)
        {
            IsProgram = true,
        };
    }

    private static string Absolute(string folders) => string.Join(':', folders.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath));

    private static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? IsProgram(program) ? Path.GetFullPath(program) : null
        : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .Where(static folder => folder.Length > 0)
            .Select(folder => Path.GetFullPath(Path.Combine(folder, program)))
            .FirstOrDefault(IsProgram);

    private static bool IsProgram(string path) => File.Exists(path) && Libc.Access(path, Libc.X_OK) == 0;
}

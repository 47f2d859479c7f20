using System.Globalization;

using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>What is started as a helper: program, arguments, environment and the size of its payload. The same for all helpers of a pool.</summary>
internal sealed record HelperLaunch(string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, long PayloadBytes)
{
    /// <summary>True of a decoder of somebody else's, each of which has a <see cref="ProgramSandbox"/>.</summary>
    public bool IsProgram { get; init; }

    // Beneath a program's folder: what numba compiles, which is decided where modules are imported and cannot be moved later. Forks of one template share it.
    private const string CompiledFolder = "numba";

    /// <summary>The folder that it runs in; null for this process's own.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Variables of this process that a helper sees too: where libraries and the runtime are found, which FFmpeg, and where temporary files would go.
    /// </summary>
    private static readonly string[] Passed = ["LD_LIBRARY_PATH", "DOTNET_ROOT", "TMPDIR", WireProtocol.FFmpegVariable];

    // Large buffers in huge pages, where the kernel gives some on request: a killed helper's memory is gone ten times sooner.
    private const string HugePages = "glibc.malloc.hugetlb=1";

    // One heap for all threads, and no stacks kept: what a decoder's threads leave behind would count against the limit on memory of the clips after theirs
    // (RLIMIT_DATA counts what may be written to, resident or not). Only where there are such threads: it costs short clips 2 % of their CPU time.
    private const string OneHeap = ":glibc.malloc.arena_max=1:glibc.pthread.stack_cache_size=0";

    /// <summary>The launch that the options ask for.</summary>
    /// <exception cref="HelperUnavailableException">The options name no helper, and ClipGuard's own is not there.</exception>
    public static HelperLaunch From(SupervisorOptions options)
    {
        string path = options.HelperPath ?? HelperProgram.Find();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Each kill would leave the diagnostics sockets in the temporary folder.
            ["DOTNET_EnableDiagnostics"] = "0",

            // The helper lives off precompiled code: profiling it for a second compilation costs more than it brings.
            ["DOTNET_TieredPGO"] = "0",

            // By default the runtime maps the code that it compiles twice, through a memfd: once to write it and once to run it. Helpers are refused shared
            // memory, and nothing is lost: whoever has taken one over may map memory that is both.
            ["DOTNET_EnableWriteXorExecute"] = "0",

            ["GLIBC_TUNABLES"] = HugePages + (options.ThreadsOfDecoder(isProgram: false) > 1 ? OneHeap : string.Empty),
            [WireProtocol.VersionVariable] = WireProtocol.Version.ToString(CultureInfo.InvariantCulture),
            [WireProtocol.ProfileVariable] = nameof(HelperSandboxProfile.Decoder),
            ["CLIPGUARD_SANDBOX"] = options.Sandbox.ToString(),
            ["CLIPGUARD_MEMORY_BYTES"] = options.HelperMemoryBytes.ToString(CultureInfo.InvariantCulture),
        };
        if (options.AudioDecoders.Count > 0)
        {
            environment[WireProtocol.AudioDecodersVariable] = string.Join('\n', options.AudioDecoders);
        }

        if (HelperProgram.RuntimeRoot(typeof(object).Assembly.Location) is { } root)
        {
            environment["DOTNET_ROOT"] = root;
        }

        foreach (string name in Passed)
        {
            if (System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        if (options.FFmpeg is { } choice)
        {
            environment[WireProtocol.FFmpegVariable] = choice;
        }

        foreach ((string name, string value) in options.HelperEnvironment)
        {
            environment[name] = value;
        }

        return new HelperLaunch(
            path,
            [path, .. options.HelperArguments],
            [.. environment.Select(variable => $"{variable.Key}={variable.Value}")],
            options.PayloadBytes);
    }

    /// <summary>The launch of one program, which runs and writes in a folder of its own.</summary>
    public HelperLaunch In(string folder) => this with
    {
        Folder = folder,
        Environment =
        [
            .. Environment.Where(static variable => !variable.StartsWith("TMPDIR=", StringComparison.Ordinal)),
            $"{WireProtocol.ScratchVariable}={folder}",
            $"TMPDIR={folder}",
            $"XDG_CACHE_HOME={folder}",
            $"NUMBA_CACHE_DIR={System.IO.Path.Combine(folder, CompiledFolder)}",
        ],
    };
}

using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Helper.Sandbox;

/// <summary>
/// Closes the sandbox from inside, as the supervisor's environment asks: limits on memory and files, and a filter on system calls.
/// What can be written was taken away before this process was born (landlock, by the thread that started it).
/// </summary>
internal static class Confinement
{
    /// <summary>Private memory, in bytes, that a decode may take beyond what was held when the sandbox was closed; null for any.</summary>
    public static long? MemoryBytes =>
        long.TryParse(Environment.GetEnvironmentVariable("CLIPGUARD_MEMORY_BYTES"), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? bytes
            : null;

    /// <summary>Closes it and says which level is in force: what was asked for, or less where the kernel lacks a piece.</summary>
    /// <param name="streams">True for a helper that makes FIFOs, or files up to the size that the environment says, where landlock lets it.</param>
    public static SandboxLevel Close(bool streams = false)
    {
        if (!Enum.TryParse(Environment.GetEnvironmentVariable("CLIPGUARD_SANDBOX"), out SandboxLevel level))
        {
            level = SandboxLevel.Off;
        }

        // Memory is bounded at every level: a clip that takes all of it would take the machine along.
        if (MemoryBytes is { } bytes)
        {
            ResourceLimits.BoundMemory(bytes);
        }

        ResourceLimits.ForbidCoreDumps();

        // So is a work file: it could fill the disk.
        _ = ulong.TryParse(Environment.GetEnvironmentVariable("CLIPGUARD_FILE_BYTES"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong fileBytes);
        if (streams || level != SandboxLevel.Off)
        {
            ResourceLimits.BoundFiles(streams ? fileBytes : 0);
        }

        if (level == SandboxLevel.Off)
        {
            return level;
        }

        // The supervisor switches this off. A helper that somebody else starts without the variable needs what the runtime does by default (W^X).
        bool mapsCodeTwice = Environment.GetEnvironmentVariable("DOTNET_EnableWriteXorExecute") != "0";
        bool filtered = Libc.Prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && SeccompFilter.For(level, makesFifos: streams, mapsCodeTwice).Install();
        return filtered ? level : SandboxLevel.Off;
    }
}

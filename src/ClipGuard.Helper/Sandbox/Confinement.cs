using System.Globalization;

using ClipGuard.Media;

namespace ClipGuard.Helper.Sandbox;

/// <summary>
/// Closes the sandbox from inside, as the supervisor's environment asks: limits on memory and files, and a filter on system calls.
/// What can be written was taken away before this process was born (landlock, by the thread that started it).
/// </summary>
internal static class Confinement
{
    private const int PR_SET_NO_NEW_PRIVS = 38;

    /// <summary>Closes it and says which level is in force: what was asked for, or less where the kernel lacks a piece.</summary>
    public static SandboxLevel Close()
    {
        if (!Enum.TryParse(Environment.GetEnvironmentVariable("CLIPGUARD_SANDBOX"), out SandboxLevel level))
        {
            level = SandboxLevel.Off;
        }

        // Memory is bounded at every level: a clip that takes all of it would take the machine along.
        if (long.TryParse(Environment.GetEnvironmentVariable("CLIPGUARD_MEMORY_BYTES"), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
        {
            ResourceLimits.BoundMemory(bytes);
        }

        ResourceLimits.ForbidCoreDumps();
        if (level == SandboxLevel.Off)
        {
            return level;
        }

        ResourceLimits.ForbidFileGrowth();
        bool filtered = SystemCalls.Prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && SeccompFilter.For(level).Install();
        return filtered ? level : SandboxLevel.Off;
    }
}

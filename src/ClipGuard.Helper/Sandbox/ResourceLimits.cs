using System.Globalization;

using ClipGuard.Media.Native;

namespace ClipGuard.Helper.Sandbox;

/// <summary>Limits that the kernel keeps for this process (setrlimit).</summary>
internal static unsafe class ResourceLimits
{
    /// <summary>
    /// Lets private memory grow by so much over what the runtime and the decoder hold now. The limit on address space would not do:
    /// the runtime reserves hundreds of gigabytes that it never uses.
    /// </summary>
    public static void BoundMemory(long bytes) => Set(Libc.RLIMIT_DATA, (ulong)(PrivateBytes() + bytes));

    /// <summary>No core file of a crash: it can be as large as the memory, and holds the user's clips.</summary>
    public static void ForbidCoreDumps() => Set(Libc.RLIMIT_CORE, 0);

    /// <summary>No file can grow beyond this, wherever it was opened. Pipes are not meant.</summary>
    public static void BoundFiles(ulong bytes) => Set(Libc.RLIMIT_FSIZE, bytes);

    private static void Set(int resource, ulong limit)
    {
        var both = new Libc.ResourceLimit { Soft = limit, Hard = limit };
        _ = Libc.SetResourceLimit(resource, &both);
    }

    // VmData of /proc/self/status is what RLIMIT_DATA is compared with.
    private static long PrivateBytes()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmData:", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(7).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }
}

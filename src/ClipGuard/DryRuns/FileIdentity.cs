using System.Runtime.InteropServices;

namespace ClipGuard.DryRuns;

/// <summary>Tells whether two paths lead to one file, by whatever links.</summary>
internal static partial class FileIdentity
{
    private const int CurrentFolder = -100;
    private const uint InodeMask = 0x100;
    private const int StatxBytes = 256;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;

    /// <summary>True where both exist and are the same file.</summary>
    public static bool Same(string a, string b) => Of(a) is { } first && Of(b) is { } second && first == second;

    // Of the struct's 256 bytes only the inode and the device's two numbers count; their places are part of the kernel's ABI.
    private static (ulong Inode, ulong Device)? Of(string path)
    {
        Span<byte> found = stackalloc byte[StatxBytes];
        return Statx(CurrentFolder, path, 0, InodeMask, ref MemoryMarshal.GetReference(found)) == 0
            ? (MemoryMarshal.Read<ulong>(found[InodeAt..]), MemoryMarshal.Read<ulong>(found[DeviceAt..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte found);
}

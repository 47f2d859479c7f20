using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

/// <summary>What a path or an open file is, asked without opening it.</summary>
/// <param name="Mode">Kind and permissions, as stat gives them.</param>
/// <param name="Length">Bytes of a regular file.</param>
/// <param name="Inode">Number of the file in its file system.</param>
/// <param name="Device">The file system's device, its two numbers in one.</param>
/// <param name="AllocatedBytes">Bytes that the file takes where it lies: less than its length where it has holes.</param>
/// <param name="ModifiedNanoseconds">When its content was changed last, since 1970.</param>
internal readonly unsafe record struct FileFacts(int Mode, long Length, ulong Inode, ulong Device, long AllocatedBytes, long ModifiedNanoseconds)
{
    // The layout of statx is the same on every architecture, which stat's is not.
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int BlocksOffset = 48;
    private const int ModifiedOffset = 112;
    private const int DeviceOffset = 136;
    private const int BlockBytes = 512;
    private const long NanosecondsInSecond = 1_000_000_000;
    private const uint TypeModeTimeInodeSizeAndBlocks = 0x1 | 0x2 | 0x40 | 0x100 | 0x200 | 0x400;

    private const int KindMask = 0xF000;

    /// <summary>Null for a regular file; otherwise what it is instead, in words.</summary>
    public string? WhyNotRegular => (Mode & KindMask) switch
    {
        0x8000 => null,
        0x4000 => "a folder, not a file",
        0x1000 => "a FIFO, which is never opened",
        0xC000 => "a socket, not a file",
        _ => "a device, which is never opened",
    };

    /// <summary>Looks at a path, through links.</summary>
    /// <returns>Null, or why it cannot be looked at.</returns>
    public static string? OfPath(string path, out FileFacts facts) => Ask(Libc.AT_FDCWD, path, 0, out facts);

    /// <summary>Looks at an open file.</summary>
    /// <returns>Null, or why it cannot be looked at.</returns>
    public static string? OfDescriptor(int descriptor, out FileFacts facts) => Ask(descriptor, string.Empty, Libc.AT_EMPTY_PATH, out facts);

    /// <summary>Whether this process may read what a path leads to.</summary>
    public static bool MayRead(string path) => Libc.Access(path, Libc.R_OK) == 0;

    /// <summary>True where both paths exist and lead to the same file, by whatever links.</summary>
    public static bool AreSame(string a, string b) =>
        OfPath(a, out FileFacts first) is null && OfPath(b, out FileFacts second) is null && (first.Inode, first.Device) == (second.Inode, second.Device);

    private static string? Ask(int folder, string path, int flags, out FileFacts facts)
    {
        byte* buffer = stackalloc byte[StatxBytes];
        if (Libc.Statx(folder, path, flags, TypeModeTimeInodeSizeAndBlocks, buffer) != 0)
        {
            facts = default;
            return Marshal.GetLastPInvokeErrorMessage();
        }

        facts = new FileFacts(
            *(ushort*)(buffer + ModeOffset),
            *(long*)(buffer + SizeOffset),
            *(ulong*)(buffer + InodeOffset),
            *(ulong*)(buffer + DeviceOffset),
            *(long*)(buffer + BlocksOffset) * BlockBytes,
            (*(long*)(buffer + ModifiedOffset) * NanosecondsInSecond) + *(uint*)(buffer + ModifiedOffset + sizeof(long)));
        return null;
    }
}

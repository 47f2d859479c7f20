using System.Runtime.InteropServices;

namespace ClipGuard.Media.Wire;

/// <summary>
/// The first page of a helper's shared memory, as Protocol.md lays it down. The helper writes it, the supervisor reads it
/// and clears it before each decode. Stamps are nanoseconds of CLOCK_MONOTONIC, which is what Stopwatch counts on Linux.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct MarksPage
{
    /// <summary>Bytes of the page; the payload begins right after it.</summary>
    public const int Size = 4096;

    /// <summary>Bytes of log that are kept.</summary>
    public const int LogCapacity = 3072;

    [FieldOffset(0)]
    public int Stage;

    [FieldOffset(8)]
    public long Bytes;

    [FieldOffset(16)]
    public long Packets;

    [FieldOffset(24)]
    public long Frames;

    [FieldOffset(32)]
    public long StampNanoseconds;

    /// <summary>Log bytes written since the decode began; the ring holds the last <see cref="LogCapacity"/> of them.</summary>
    [FieldOffset(40)]
    public long LogWritten;

    /// <summary>Bytes written into a stream; 0 for other decodes.</summary>
    [FieldOffset(48)]
    public long Written;

    /// <summary>
    /// Nanoseconds for which the decode has waited for the clip's bytes (open, stat, read) since it began. While a wait goes on the field is that sum less
    /// the moment at which the wait began, and so negative: one field, so that a reader in the middle of a change never sees half of it.
    /// </summary>
    [FieldOffset(56)]
    public long BytesWaitNanoseconds;

    /// <summary>Nanoseconds spent in open, probe and seek, waits for bytes not included.</summary>
    [FieldOffset(64)]
    public long OpenNanoseconds;

    /// <summary>Nanoseconds spent in read and decode, waits for bytes not included.</summary>
    [FieldOffset(72)]
    public long DecodeNanoseconds;

    /// <summary>Nanoseconds spent in convert.</summary>
    [FieldOffset(80)]
    public long ConvertNanoseconds;

    [FieldOffset(1024)]
    public fixed byte Log[LogCapacity];
}

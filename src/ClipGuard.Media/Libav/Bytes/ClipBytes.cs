using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Media.Libav.Bytes;

/// <summary>The encoded bytes of one clip: a length, and reading at any position.</summary>
internal abstract class ClipBytes : IDisposable
{
    /// <summary>How many bytes there are.</summary>
    public abstract long Length { get; }

    /// <summary>The file's name without its folder, by which some formats are recognised; empty where there is none.</summary>
    public abstract string Name { get; }

    /// <summary>Reads what lies at <paramref name="position"/>, up to the buffer's length.</summary>
    /// <returns>Bytes read, 0 at the end, or a negative error number of the system.</returns>
    public abstract int ReadAt(long position, Span<byte> buffer);

    public abstract void Dispose();

    /// <summary>Reads for a decode: bytes read count as progress, and an error is kept in <see cref="DecodeState.ReadFault"/>: it is the storage's.</summary>
    /// <inheritdoc cref="ReadAt"/>
    public int ReadFor(DecodeState session, long position, Span<byte> buffer)
    {
        int read = ReadAt(position, buffer);
        if (read > 0)
        {
            session.Marks.AddBytes(read);
        }
        else if (read < 0)
        {
            session.ReadFault = StorageFault(session, $"Reading failed at byte {position}", -read);
        }

        return read;
    }

    /// <summary>The fault of a clip that open, stat or read gave an error for.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="what">What was to be done, as the beginning of a sentence.</param>
    /// <param name="error">The system's error number.</param>
    protected static DecoderFault StorageFault(DecodeState session, string what, int error) =>
        session.Fault(FaultKind.Missing, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}{RightLacked(error)}.") with { Storage = StorageErrors.Of(error) };

    // Root is used to reading everything, and would look for the reason elsewhere.
    private static string RightLacked(int error) =>
        StorageErrors.Of(error) == StorageError.Denied && Libc.EffectiveUser() == 0 && !Capabilities.Has(Capabilities.DacReadSearch)
            ? " (root reads other users' files by CAP_DAC_READ_SEARCH, which this process has not: the sandbox takes it away at level strict)"
            : string.Empty;

    /// <summary>Opens a source.</summary>
    /// <param name="session">The decode that reads it.</param>
    /// <param name="source">A file, a range of one, or memory.</param>
    /// <param name="bytes">The bytes, where there is no fault; the caller disposes them.</param>
    /// <returns>Null, or why they cannot be read.</returns>
    public static DecoderFault? Open(DecodeState session, ClipSource source, out ClipBytes? bytes)
    {
        bytes = null;
        DecoderFault? fault = source switch
        {
            FileSource file => FileBytes.Open(session, file, out bytes),
            DescriptorSource descriptor => FileBytes.Open(session, descriptor, out bytes),
            MemorySource memory => MemoryBytes.Open(memory, out bytes),
            ISelfOpeningSource opener => opener.Open(session, out bytes),
            RemoteSource => session.Fault(FaultKind.Unsupported, "A decoder fetches nothing; a supervisor does."),
            _ => session.Fault(FaultKind.Unsupported, "A list of files is a video; it cannot be decoded as anything else."),
        };

        if (fault is null && bytes!.Length == 0)
        {
            bytes.Dispose();
            bytes = null;
            fault = session.Fault(FaultKind.Corrupt, "The clip is empty: 0 bytes.");
        }

        return fault;
    }
}

using System.ComponentModel;
using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Cli.Serving;

/// <summary>
/// Decoded bytes on their way to the client, copied out of the helper's memory so that it is free for the next decode however long the client keeps them. Few
/// bytes travel in the answer; more lie in a memfd of their own, sealed, so that neither side can change it under the other and its pages go with the last
/// mapping.
/// </summary>
internal sealed class Payload : IDisposable
{
    /// <summary>Bytes up to which a payload travels in the answer itself, behind its JSON and a zero byte.</summary>
    public const int MaxInlineBytes = 64 * 1024;

    private const int Alignment = 8;

    private readonly byte[]? _inline;
    private long _length;

    private Payload(byte[]? inline, int descriptor)
    {
        _inline = inline;
        Descriptor = descriptor;
    }

    /// <summary>The memfd; -1 where the bytes travel in the answer.</summary>
    public int Descriptor { get; private set; }

    /// <summary>What is to follow the answer's JSON: a zero byte, which JSON cannot have, and the bytes; empty where they lie in a memfd.</summary>
    public ReadOnlySpan<byte> Inline => _inline;

    /// <summary>Begins one that is to hold pieces, each from a multiple of 8 bytes on.</summary>
    /// <param name="lengths">Bytes of each piece.</param>
    /// <exception cref="Win32Exception">The system has no memory or no descriptors left.</exception>
    public static Payload For(params ReadOnlySpan<long> lengths)
    {
        long length = 0;
        foreach (long piece in lengths)
        {
            length = Aligned(length) + piece;
        }

        return length <= MaxInlineBytes
            ? new Payload(new byte[1 + length], -1)
            : new Payload(null, Descriptors.Checked(Libc.MemfdCreate("clipguard", Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING), "memfd_create"));
    }

    /// <summary>Copies the next piece.</summary>
    /// <returns>Where it begins.</returns>
    /// <exception cref="Win32Exception">The system has no memory left.</exception>
    public long Add(ReadOnlySpan<byte> piece)
    {
        long start = Aligned(_length);
        if (_inline is not null)
        {
            piece.CopyTo(_inline.AsSpan(1 + (int)start));
        }
        else
        {
            Write(stackalloc byte[(int)(start - _length)]);
            Write(piece);
        }

        _length = start + piece.Length;
        return start;
    }

    /// <summary>Ends it: from now on nobody can change it.</summary>
    public Payload Seal()
    {
        const int Everything = Libc.F_SEAL_WRITE | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_SEAL;
        if (_inline is null)
        {
            _ = Descriptors.Checked(Libc.Fcntl(Descriptor, Libc.F_ADD_SEALS, Everything), "F_ADD_SEALS");
        }

        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Descriptors.CloseAll(Descriptor);
        Descriptor = -1;
    }

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    // One call takes at most about 2 GiB.
    private unsafe void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = Libc.Write(Descriptor, start, (nuint)bytes.Length);
            }

            if (written < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Shared memory could not be written: {Libc.LastError()}");
            }

            bytes = bytes[(int)Math.Max(written, 0)..];
        }
    }
}

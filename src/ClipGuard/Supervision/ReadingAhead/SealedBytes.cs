using System.ComponentModel;
using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>Bytes in a memfd that is handed to a helper: sealed once they are there, so that no helper can change what a second one may get.</summary>
internal sealed unsafe class SealedBytes : IDisposable
{
    private int _descriptor;

    /// <summary>Memory without a byte.</summary>
    /// <exception cref="Win32Exception">There is no memory or no descriptor left.</exception>
    public SealedBytes() =>
        _descriptor = Descriptors.Checked(Libc.MemfdCreate("clipguard-ahead", Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING), "memfd_create");

    /// <summary>The memfd; stays this object's.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Sealed memory with these bytes.</summary>
    /// <exception cref="Win32Exception">There is no memory or no descriptor left.</exception>
    public static SealedBytes Of(ReadOnlySpan<byte> bytes)
    {
        var made = new SealedBytes();
        try
        {
            made.Append(bytes);
            made.Seal();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Writes behind what is there.</summary>
    /// <exception cref="Win32Exception">There is no memory left.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint written = Libc.Write(_descriptor, start + done, (nuint)(bytes.Length - done));
                done += (int)Descriptors.Checked((int)written, "write");
                Length += written;
            }
        }
    }

    /// <summary>Writes a part of a file behind what is there, copied once, within the kernel.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="position">Where the part begins in it.</param>
    /// <param name="count">Most bytes; positive.</param>
    /// <returns>Bytes written; 0 at the file's end; negative where that failed, as where the file system cannot do it (<c>EINVAL</c>).</returns>
    public long AppendFrom(int descriptor, long position, long count)
    {
        nint written;
        do
        {
            long from = position;
            written = Libc.SendFile(_descriptor, descriptor, &from, (nuint)count);
        }
        while (written < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        Length += Math.Max(0, written);
        return written;
    }

    /// <summary>From now on the bytes cannot change, whoever has the descriptor.</summary>
    public void Seal() => _ = Descriptors.Checked(
        Libc.Fcntl(_descriptor, Libc.F_ADD_SEALS, Libc.F_SEAL_WRITE | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_SEAL), "fcntl");

    /// <summary>Gives the memory back, once no helper has it open.</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
        }
    }
}

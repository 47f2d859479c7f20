using System.ComponentModel;
using System.Runtime.InteropServices;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// One helper's memory: the page of marks, then the payload, as long as the limit allows; pages that nobody writes to cost nothing.
/// It is made and sealed here, so that no helper can cut it short under a reader, and it is never given to a second helper.
/// </summary>
internal sealed unsafe class HelperSharedMemory : IDisposable
{
    /// <summary>Payload pages kept between decodes; what lies beyond goes back to the system.</summary>
    public const long KeptBytes = 8 << 20;

    private readonly long _length;
    private byte* _start;
    private int _owners = 1;

    /// <summary>Makes, seals and maps the memory.</summary>
    /// <param name="payloadBytes">Bytes of payload that fit.</param>
    /// <exception cref="Win32Exception">The system has no memory or no descriptors left.</exception>
    public HelperSharedMemory(long payloadBytes)
    {
        _length = MarksPage.Size + payloadBytes;
        Descriptor = Descriptors.Raised(Libc.MemfdCreate("clipguard", Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING), "memfd_create");
        void* map = Libc.MAP_FAILED;
        if (Libc.Ftruncate(Descriptor, _length) == 0
            && Libc.Fcntl(Descriptor, Libc.F_ADD_SEALS, Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_SEAL) == 0)
        {
            map = Libc.Mmap(null, (nuint)_length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, Descriptor, 0);
        }

        if (map == Libc.MAP_FAILED)
        {
            int error = Marshal.GetLastPInvokeError();
            _ = Libc.Close(Descriptor);
            throw new Win32Exception(error, $"Shared memory of {_length} bytes could not be made: {Libc.ErrorText(error)}");
        }

        _start = (byte*)map;
    }

    /// <summary>The memfd, to be handed to the helper.</summary>
    public int Descriptor { get; }

    /// <summary>The marks.</summary>
    public MarksPage* Marks => (MarksPage*)_start;

    /// <summary>First byte of the payload.</summary>
    public byte* Payload => _start + MarksPage.Size;

    /// <summary>Bytes of payload that fit.</summary>
    public long PayloadCapacity => _length - MarksPage.Size;

    /// <summary>Bytes that it takes of the machine's memory now: the pages that were written to.</summary>
    public long AllocatedBytes => FileFacts.OfDescriptor(Descriptor, out FileFacts facts) is null ? facts.AllocatedBytes : _length;

    /// <summary>Clears the marks for the next decode.</summary>
    public void ClearMarks() => new Span<byte>(_start, MarksPage.Size).Clear();

    /// <summary>Gives back the pages that a large decode took.</summary>
    public void Trim(long usedBytes)
    {
        if (usedBytes > KeptBytes)
        {
            _ = Libc.Fallocate(
                Descriptor, Libc.FALLOC_FL_KEEP_SIZE | Libc.FALLOC_FL_PUNCH_HOLE, MarksPage.Size + KeptBytes, PayloadCapacity - KeptBytes);
        }
    }

    /// <summary>One owner more: the memory stays until each has called <see cref="Dispose"/>.</summary>
    public void AddReference() => Interlocked.Increment(ref _owners);

    /// <summary>One owner is done with the memory; with the last one it goes.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _owners) == 0)
        {
            _ = Libc.Munmap(_start, (nuint)_length);
            _start = null;
            _ = Libc.Close(Descriptor);
        }
    }
}

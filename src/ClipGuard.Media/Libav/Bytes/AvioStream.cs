using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Bytes;

/// <summary>A clip's bytes as the stream that libavformat reads. Owns the bytes.</summary>
internal sealed unsafe class AvioStream : IDisposable
{
    // The size of the buffer that libavformat gives files which it opens itself (IO_BUFFER_SIZE in libavformat/aviobuf.c).
    private const int BufferBytes = 32 * 1024;
    private const int SeekCurrent = 1;
    private const int SeekEnd = 2;

    private readonly DecodeState _session;
    private readonly ClipBytes _bytes;
    private GCHandle _self;
    private PacketByteRanges? _blank;
    private long _position;

    public AvioStream(DecodeState session, ClipBytes bytes)
    {
        _session = session;
        _bytes = bytes;
        _self = GCHandle.Alloc(this);
        byte* buffer = (byte*)ffmpeg.av_malloc(BufferBytes);
        Io = ffmpeg.avio_alloc_context(
            buffer,
            BufferBytes,
            0,
            (void*)GCHandle.ToIntPtr(_self),
            new avio_alloc_context_read_packet_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, byte*, int, int>)&Read },
            default,
            new avio_alloc_context_seek_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, long, int, long>)&Seek });
    }

    public AVIOContext* Io { get; private set; }

    public ClipBytes Bytes => _bytes;

    /// <summary>From now on gives zeros for some bytes instead of reading them.</summary>
    /// <param name="bytes">Which; null reads every byte again.</param>
    public void Blank(PacketByteRanges? bytes)
    {
        _blank = bytes;

        // libavformat's buffer must be emptied, or zeros in it would be taken for data later. With "direct" set every seek empties the buffer, also one to
        // the position where the stream is. Not to the beginning: FFmpeg 8 takes a stream that stands there for another file, and forgets the index
        // (mov_read_packet in libavformat/mov.c).
        Io->direct = 1;
        _ = ffmpeg.avio_seek(Io, 1, 0);
        Io->direct = bytes is null ? 0 : 1;
    }

    public void Dispose()
    {
        if (Io != null)
        {
            // Not the buffer that was allocated above: libavformat may have replaced it by a longer one.
            ffmpeg.av_freep(&Io->buffer);
            AVIOContext* io = Io;
            ffmpeg.avio_context_free(&io);
            Io = null;
            _self.Free();
            _bytes.Dispose();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(void* opaque, byte* buffer, int length)
    {
        AvioStream stream = Of(opaque);
        try
        {
            return stream.Read(new Span<byte>(buffer, length));
        }
#pragma warning disable CA1031 // It must not pass into native code; it is thrown when the decode is back.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            stream._session.KeepBug(bug);
            return ffmpeg.AVERROR_EXIT;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Seek(void* opaque, long offset, int whence)
    {
        AvioStream stream = Of(opaque);
        try
        {
            return stream.Seek(offset, whence);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            stream._session.KeepBug(bug);
            return ffmpeg.AVERROR_EXIT;
        }
    }

    private static AvioStream Of(void* opaque) => (AvioStream)GCHandle.FromIntPtr((nint)opaque).Target!;

    private int Read(Span<byte> buffer)
    {
        _session.WasRead = true;
        if (_session.ShouldStop())
        {
            return ffmpeg.AVERROR_EXIT;
        }

        bool isBlank = false;
        if (_blank is not null)
        {
            buffer = buffer[.._blank.Run(_position, buffer.Length, out isBlank)];
        }

        int read = isBlank ? Zeros(buffer) : _bytes.ReadFor(_session, _position, buffer);
        _position += Math.Max(0, read);
        return read == 0 ? ffmpeg.AVERROR_EOF : read;
    }

    // No zeros beyond the file's end, so that a file that was cut off is noticed.
    private int Zeros(Span<byte> buffer)
    {
        int count = (int)Math.Clamp(_bytes.Length - _position, 0, buffer.Length);
        buffer[..count].Clear();
        return count;
    }

    private long Seek(long offset, int whence)
    {
        if ((whence & ffmpeg.AVSEEK_SIZE) != 0)
        {
            return _bytes.Length;
        }

        long target = (whence & 3) switch
        {
            SeekCurrent => _position + offset,
            SeekEnd => _bytes.Length + offset,
            _ => offset,
        };
        if (target < 0)
        {
            return ffmpeg.AVERROR(ffmpeg.EINVAL);
        }

        return _position = target;
    }
}

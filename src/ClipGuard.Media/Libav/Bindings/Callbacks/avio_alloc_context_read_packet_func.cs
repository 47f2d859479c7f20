namespace FFmpeg.AutoGen;

/// <summary>Address of a function: int (void* opaque, byte* buffer, int length): bytes read, or an error.</summary>
internal struct avio_alloc_context_read_packet_func
{
    public nint Pointer;
}

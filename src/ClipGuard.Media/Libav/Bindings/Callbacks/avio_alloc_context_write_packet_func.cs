namespace FFmpeg.AutoGen;

/// <summary>Address of a functionthat libavformat would write through. Never set: nothing is written.</summary>
internal struct avio_alloc_context_write_packet_func
{
    public nint Pointer;
}

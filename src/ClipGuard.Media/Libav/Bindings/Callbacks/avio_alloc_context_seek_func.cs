namespace FFmpeg.AutoGen;

/// <summary>Address of a function: long (void* opaque, long offset, int whence): the new position, the size, or an error.</summary>
internal struct avio_alloc_context_seek_func
{
    public nint Pointer;
}

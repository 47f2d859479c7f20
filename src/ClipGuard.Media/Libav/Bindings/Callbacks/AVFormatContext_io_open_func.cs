namespace FFmpeg.AutoGen;

/// <summary>Address of a function: int (AVFormatContext* context, AVIOContext** stream, byte* url, int flags, AVDictionary** options).</summary>
internal struct AVFormatContext_io_open_func
{
    public nint Pointer;
}

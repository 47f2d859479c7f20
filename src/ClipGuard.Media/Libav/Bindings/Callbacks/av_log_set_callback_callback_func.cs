namespace FFmpeg.AutoGen;

/// <summary>Address of a function: void (void* source, int level, byte* format, byte* arguments).</summary>
internal struct av_log_set_callback_callback_func
{
    public nint Pointer;
}

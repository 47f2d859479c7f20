namespace FFmpeg.AutoGen;

/// <summary>Address of a function: int (void* opaque): other than 0 ends the blocking call.</summary>
internal struct AVIOInterruptCB_callback_func
{
    public nint Pointer;
}

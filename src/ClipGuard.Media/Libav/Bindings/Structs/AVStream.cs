using System.Runtime.CompilerServices;

namespace FFmpeg.AutoGen;

/// <summary>One track of a container.</summary>
internal unsafe struct AVStream
{
    public ref int index => ref *(int*)At(Layout.AVStream_index);

    public ref int id => ref *(int*)At(Layout.AVStream_id);

    public ref AVRational time_base => ref *(AVRational*)At(Layout.AVStream_time_base);

    public ref long start_time => ref *(long*)At(Layout.AVStream_start_time);

    public ref long duration => ref *(long*)At(Layout.AVStream_duration);

    public ref long nb_frames => ref *(long*)At(Layout.AVStream_nb_frames);

    public ref int disposition => ref *(int*)At(Layout.AVStream_disposition);

    public ref AVDiscard discard => ref *(AVDiscard*)At(Layout.AVStream_discard);

    public ref AVRational sample_aspect_ratio => ref *(AVRational*)At(Layout.AVStream_sample_aspect_ratio);

    public ref AVDictionary* metadata => ref *(AVDictionary**)At(Layout.AVStream_metadata);

    public ref AVRational avg_frame_rate => ref *(AVRational*)At(Layout.AVStream_avg_frame_rate);

    public ref AVRational r_frame_rate => ref *(AVRational*)At(Layout.AVStream_r_frame_rate);

    public ref AVCodecParameters* codecpar => ref *(AVCodecParameters**)At(Layout.AVStream_codecpar);

    private byte* At(int offset) => (byte*)Unsafe.AsPointer(ref this) + offset;
}

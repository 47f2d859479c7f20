using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>The built-in bindings, which fit every release, and what the calls differ in from one to the next.</summary>
internal static unsafe class LibavBindings
{
    private const int FFmpeg7 = 61;

    /// <summary>What the greeting adds to the version: nothing.</summary>
    public const string Note = "";

    private static LibavSet? _set;

    /// <summary>The releases that can be called, the newest first.</summary>
    public static LibavRelease[] Releases => LibavRelease.All;

    /// <summary>Calls go to these libraries from now on.</summary>
    public static void Use(LibavSet set)
    {
        _set = set;
        if (!Layout.Choose(set.Release.Codec))
        {
            throw new ArgumentException($"There is no table of FFmpeg {set.Release.Name}'s structures.", nameof(set));
        }

        NativeLibrary.SetDllImportResolver(typeof(ffmpeg).Assembly, static (name, _, _) => _set!.HandleOf(name));
    }

    // FFmpeg 8 has no such fields any more; the flags are there from 6.1 on, and 6.0 is called by the same table as 6.1.
    public static bool IsKeyFrame(AVFrame* frame) =>
        _set!.Release.Codec < FFmpeg7 ? frame->key_frame != 0 : (frame->flags & ffmpeg.AV_FRAME_FLAG_KEY) != 0;

    /// <inheritdoc cref="IsKeyFrame"/>
    public static bool IsInterlaced(AVFrame* frame) =>
        _set!.Release.Codec < FFmpeg7 ? frame->interlaced_frame != 0 : (frame->flags & ffmpeg.AV_FRAME_FLAG_INTERLACED) != 0;

    /// <summary>What the container says of a stream beside its parameters: null where it does not. FFmpeg 8 has it with the parameters alone.</summary>
    public static byte* SideDataOf(AVStream* stream, AVPacketSideDataType type, ulong* bytes)
    {
        if (_set!.Release.Codec < FFmpeg7)
        {
            return ffmpeg.av_stream_get_side_data(stream, type, bytes);
        }

        AVCodecParameters* parameters = stream->codecpar;
        AVPacketSideData* found = ffmpeg.av_packet_side_data_get(parameters->coded_side_data, parameters->nb_coded_side_data, type);
        *bytes = found == null ? 0 : found->size;
        return found == null ? null : found->data;
    }
}

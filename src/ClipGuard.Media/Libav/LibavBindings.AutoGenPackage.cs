using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>The package's bindings, whose structures are those of the one release that it was made for.</summary>
internal static unsafe class LibavBindings
{
    /// <summary>What the greeting adds to the version.</summary>
    public const string Note = " by FFmpeg.AutoGen, which fits this major version alone";

    /// <summary>The release that can be called.</summary>
    public static LibavRelease[] Releases => [.. LibavRelease.All.Where(release => release.Codec == ffmpeg.LIBAVCODEC_VERSION_MAJOR)];

    /// <summary>
    /// Calls go to these libraries from now on. An empty root leaves the search to the system's loader; without one the application's folder is searched.
    /// </summary>
    public static void Use(LibavSet set) => ffmpeg.RootPath = set.Folder ?? string.Empty;

#pragma warning disable CS0618 // From 6.1 on the packages say that these are going to be replaced; they are there in all packages that there are.
    public static bool IsKeyFrame(AVFrame* frame) => frame->key_frame != 0;

    public static bool IsInterlaced(AVFrame* frame) => frame->interlaced_frame != 0;

    /// <summary>What the container says of a stream beside its parameters: null where it does not.</summary>
    public static byte* SideDataOf(AVStream* stream, AVPacketSideDataType type, ulong* bytes) => ffmpeg.av_stream_get_side_data(stream, type, bytes);
#pragma warning restore CS0618
}

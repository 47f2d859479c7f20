using System.Collections.Frozen;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>The kind of a clip by its file's extension, for manifests that do not say it.</summary>
internal static class MediaExtensions
{
    private static readonly FrozenDictionary<string, ClipKind> Kinds = new (ClipKind Kind, string Extensions)[]
    {
        (ClipKind.Image, "jpg jpeg jpe jfif png webp gif bmp tif tiff ppm pgm pnm tga jp2 avif heic"),
        (ClipKind.Audio, "wav mp3 flac ogg oga opus m4a aac wma aif aiff amr ac3 caf"),
        (ClipKind.Video, "mp4 m4v mov mkv webm avi mpg mpeg ts m2ts flv wmv ogv 3gp mxf"),
    }
        .SelectMany(group => group.Extensions.Split(' '), (group, extension) => KeyValuePair.Create(extension, group.Kind))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The kind for an extension without its dot; null where it is not that of a clip.</summary>
    public static ClipKind? KindOf(string extension) => Kinds.TryGetValue(extension, out ClipKind kind) ? kind : null;

    /// <summary>The kind for a file's name; null where it is not that of a clip.</summary>
    public static ClipKind? KindOfFile(string name) => KindOf(Path.GetExtension(name).TrimStart('.'));
}

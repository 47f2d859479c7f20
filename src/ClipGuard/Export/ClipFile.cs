using ClipGuard.Media;

namespace ClipGuard.Export;

/// <summary>Writes a decoded clip to a file whose ending says the format, to look at or listen to what training gets.</summary>
public static class ClipFile
{
    /// <summary>The endings that are known: <c>.npy</c> for anything, <c>.wav</c> for audio, <c>.png</c> for a picture or a contact sheet of frames.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".npy", ".wav", ".png"];

    /// <summary>Why a clip of this kind cannot be written to that file, or null where it can.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What the clip is decoded as.</param>
    public static string? Objection(string path, ClipKind kind) => Ending(path) switch
    {
        ".npy" => null,
        ".wav" when kind == ClipKind.Audio => null,
        ".wav" => "a .wav file holds audio",
        ".png" when kind != ClipKind.Audio => null,
        ".png" => "a .png file holds pictures",
        _ => $"its name must end in {string.Join(", ", Endings)}",
    };

    /// <summary>Writes a clip; an existing file is replaced once the whole is written.</summary>
    /// <param name="path">The file. Its ending says the format.</param>
    /// <param name="clip">Shape and meaning of the bytes.</param>
    /// <param name="payload">The bytes, in the order of the clip's shape.</param>
    /// <param name="layout">The order of a picture's dimensions.</param>
    /// <exception cref="ArgumentException">
    /// The payload does not have as many bytes as the shape says, or the file's ending is none that such a clip can have.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, DecodedClip clip, ReadOnlySpan<byte> payload, PixelLayout layout = PixelLayout.ChannelsLast)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (payload.Length != clip.PayloadBytes())
        {
            throw new ArgumentException($"The shape says {clip.PayloadBytes()} bytes, and there are {payload.Length}.", nameof(payload));
        }

        string beside = path + ".new";
        try
        {
            using (FileStream file = File.Create(beside))
            {
                Write(file, Ending(path), clip, payload, layout);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static void Write(Stream file, string ending, DecodedClip clip, ReadOnlySpan<byte> payload, PixelLayout layout)
    {
        switch (ending)
        {
            case ".npy":
                NpyWriter.Write(file, clip.Element, clip.Shape, payload);
                break;
            case ".wav" when clip is { Element: ElementType.Float32, Shape: [int channels, _] }:
                WavFormat.Write(file, channels, clip.SampleRateHz, payload);
                break;
            case ".png" when clip is { Element: ElementType.UInt8, Shape.Count: >= 3 and <= 5 }:
                IReadOnlyList<Pixels> pixels = Pixels.Of(clip.Shape, layout, payload);
                PngWriter.Write(file, clip.Shape.Count > 3 ? ContactSheet.Of(pixels) : pixels[0]);
                break;
            default:
                throw new ArgumentException(
                    $"A clip of shape [{string.Join(", ", clip.Shape)}] cannot be written to a file that ends in '{ending}'.", nameof(ending));
        }
    }

    private static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();
}

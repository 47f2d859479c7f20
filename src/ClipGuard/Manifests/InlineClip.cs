using System.Buffers;
using System.Buffers.Text;
using System.Text;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Clips whose bytes are in the manifest itself.</summary>
internal static class InlineClip
{
    private const int ShownCharacters = 32;
    private const int ShortestRecognised = 64;

    // The first bytes, in base64, of PNG, JPEG, GIF, RIFF (WebP, WAV, AVI), Ogg, FLAC, ID3, ISO media (which begins with a box length whose upper bytes are
    // 0) and Matroska.
    private static readonly string[] Signatures = ["iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "T2dnUw", "ZkxhQ", "SUQz", "AAAA", "GkXfo"];

    /// <summary>True where a string that is short enough for a path is base64 of a media file.</summary>
    public static bool IsRecognised(ReadOnlySpan<byte> text)
    {
        if (text.Length < ShortestRecognised || !Base64.IsValid(text))
        {
            return false;
        }

        foreach (string signature in Signatures)
        {
            if (Ascii.Equals(text[..signature.Length], signature))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A clip whose bytes stand beside the row.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="number">Which of the row's they are, so that no two clips of a row are called the same.</param>
    /// <param name="located">The name of the file that they were read from; null where the row has none.</param>
    /// <param name="kind">What it is to be decoded as.</param>
    /// <param name="key">The row's key.</param>
    public static ClipReference Beside(ReadOnlyMemory<byte> bytes, int number, ClipReference? located, ClipKind kind, string key)
    {
        string size = $"{bytes.Length} bytes, number {number + 1} of the row";
        return new ClipReference(kind, key, located is null ? size : $"{located.AsWritten} ({size})") { Source = new MemorySource(bytes) };
    }

    /// <summary>The file that a clip was read from, of which nothing but its name is wanted: it is not looked for.</summary>
    public static ClipReference NameOf(string path, ClipKind kind, string key) => new(kind, key, RedactedAddress.WithoutSecrets(path));

    /// <summary>A clip given as base64 alone.</summary>
    public static ClipReference FromBase64(ReadOnlySpan<byte> text, ClipKind kind, string key) =>
        Decode(text, new ClipReference(kind, key, Shorten(text)));

    /// <summary>
    /// A clip given as <c>data:[type][;parameters][;base64],bytes</c>. The type is ignored, since the decoder recognises formats by the bytes.
    /// </summary>
    public static ClipReference FromDataUri(ReadOnlySpan<byte> text, ClipKind kind, string key)
    {
        var clip = new ClipReference(kind, key, Shorten(text));
        int comma = text.IndexOf((byte)',');
        if (comma < 0)
        {
            return clip with { Refusal = new ClipRefusal(FaultKind.Corrupt, "The data: URI has no comma before its bytes.") };
        }

        ReadOnlySpan<byte> bytes = text[(comma + 1)..];
        if (text[..comma].EndsWith(";base64"u8))
        {
            return Decode(bytes, clip);
        }

        return clip with { Source = new MemorySource(Unescape(bytes)) };
    }

    private static ClipReference Decode(ReadOnlySpan<byte> text, ClipReference clip)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out int consumed, out int written) != OperationStatus.Done)
        {
            return clip with { Refusal = new ClipRefusal(FaultKind.Corrupt, $"The bytes are not base64 (from character {consumed + 1} of {text.Length} on).") };
        }

        return clip with { Source = new MemorySource(bytes.AsMemory(0, written)) };
    }

    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(text.Length, 1));
        while (!text.IsEmpty)
        {
            byte value = text[0];
            int length = 1;
            if (value == (byte)'%' && text.Length >= 3 && Utf8Parser.TryParse(text.Slice(1, 2), out byte escaped, out int digits, 'x') && digits == 2)
            {
                value = escaped;
                length = 3;
            }

            bytes.Write([value]);
            text = text[length..];
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static string Shorten(ReadOnlySpan<byte> text)
    {
        if (text.Length <= 2 * ShownCharacters)
        {
            return Encoding.UTF8.GetString(text);
        }

        // The cut may be within a character, which is then shown as the replacement character.
        return $"{Encoding.UTF8.GetString(text[..ShownCharacters])}… ({Encoding.UTF8.GetCharCount(text)} characters)";
    }
}

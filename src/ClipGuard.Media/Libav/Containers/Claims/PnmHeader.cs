using System.Globalization;
using System.Text;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>
/// The size of a Netpbm picture (PBM, PGM, PPM, PFM, PAM): words after its two magic letters, with comments from <c>#</c> to the end of the line.
/// A PAM gives its numbers names.
/// </summary>
internal static class PnmHeader
{
    // Headers are a line or two; comments make them longer.
    private const int HeaderRoom = 4096;

    /// <summary>Width and height; null where the header does not tell.</summary>
    public static (long Width, long Height)? SizeOf(ClipBytes bytes)
    {
        byte[] header = new byte[HeaderRoom];
        int read = Math.Max(0, bytes.ReadAt(0, header));
        string text = Encoding.Latin1.GetString(header, 0, read);
        IEnumerable<string> lines = text.Split('\n')
            .Select(line => line.IndexOf('#', StringComparison.Ordinal) is >= 0 and var comment ? line[..comment] : line);
        string[] words = string.Join(' ', lines).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words is not [['P', >= '1' and <= '7' or 'F' or 'f' or 'H' or 'h'] magic, ..] ? null
            : magic == "P7" ? Pair(Named(words, "WIDTH"), Named(words, "HEIGHT"))
            : Pair(words.ElementAtOrDefault(1), words.ElementAtOrDefault(2));
    }

    private static string? Named(string[] words, string name) => Array.IndexOf(words, name) is >= 0 and var at ? words.ElementAtOrDefault(at + 1) : null;

    private static (long Width, long Height)? Pair(string? width, string? height) =>
        int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
        && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            ? (columns, rows)
            : null;
}

using ClipGuard.Fetching;
using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>
/// Recognises by its first bytes a file that is not UTF-8 text with one JSON object a line, so that there is one error and not one for each line.
/// </summary>
internal static class JsonFileSniffer
{
    /// <summary>Bytes that <see cref="SkipByteOrderMark"/> needs, unless the file is shorter.</summary>
    public const int EnoughBytes = 4;

    private const int SpaceBeforeArray = 512;

    /// <summary>Bytes to skip at the start of UTF-8 text: 3 for a byte order mark, otherwise 0.</summary>
    /// <param name="start">The file's first bytes.</param>
    /// <param name="path">The file.</param>
    /// <param name="isArray">Whether a JSON array is expected.</param>
    /// <exception cref="ManifestException">The file is something else, and the message says what to do about it.</exception>
    public static int SkipByteOrderMark(ReadOnlySpan<byte> start, string path, bool isArray = false)
    {
        string? instead = start switch
        {
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "is UTF-16 text; a manifest is UTF-8: convert it with iconv -f UTF-16 -t UTF-8",
            [0x1F, 0x8B, ..] => "is compressed with gzip; unpack it with gunzip first",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "is compressed with zstd; unpack it with unzstd first",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "is a Parquet file, whose directory is at its end: name the file itself, "
                + $"for {nameof(Manifest)}.{nameof(Manifest.Open)} to read it",
            [(byte)'P', (byte)'K', 3, 4, ..] => "is a zip archive; unpack it first",
            _ when IsArray(start) && !isArray => "is one JSON array; make it one object a line with jq -c '.[]' IN > OUT",
            _ => null,
        };
        if (instead is not null)
        {
            throw new ManifestException($"The manifest {path} {instead}.");
        }

        return start is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
    }

    /// <summary>Whether a file is one JSON array. Of one that is not there, not readable or not regular it is not known.</summary>
    public static bool IsArray(string path, ManifestFiles files)
    {
        if (Addresses.Is(path))
        {
            using Stream remote = files.OpenShard(path, SpaceBeforeArray);
            byte[] first = new byte[SpaceBeforeArray];
            return IsArray(first.AsSpan(0, remote.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)));
        }

        if (FileFacts.OfPath(path, out FileFacts facts) is not null || facts.WhyNotRegular is not null)
        {
            return false;
        }

        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
            byte[] start = new byte[SpaceBeforeArray];
            return IsArray(start.AsSpan(0, RandomAccess.Read(file, start, 0)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether text is one JSON array, by its first bytes.</summary>
    public static bool IsArray(ReadOnlySpan<byte> start) => start.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'[', ..];
}

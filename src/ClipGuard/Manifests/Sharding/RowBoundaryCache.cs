using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Fetching;
using ClipGuard.Media.Native;

namespace ClipGuard.Manifests.Sharding;

/// <summary>
/// Places between rows of a file whose rows cannot be told from its middle, because a line feed may stand in a quoted cell and a bracket in a string: found
/// by one pass over the file, and kept beside it or, where that cannot be written, in the user's cache, so that of many jobs few make the pass. What was
/// kept is believed only where the file's length, time, inode and samples of its content are as they were.
/// </summary>
internal static class RowBoundaryCache
{
    private const string Suffix = ".clipguard-rows";

    // So that no share is larger or smaller than it should be by more than a few parts in a hundred thousand.
    private const int MarksInFile = 1 << 16;

    /// <summary>Finds the range of bytes that is a share of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="files">Opens it.</param>
    /// <param name="format">What tells its rows apart.</param>
    /// <param name="firstRow">Where its first row begins.</param>
    /// <param name="open">Opens the file there.</param>
    /// <param name="shard">Which share.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ManifestException">The file cannot be read.</exception>
    public static async Task<MarkedRange> CutAsync(
        string path,
        ManifestFiles files,
        string format,
        RowBoundary firstRow,
        Func<LineReader> open,
        ShardNumber shard,
        CancellationToken cancellation)
    {
        MarkedFile file = await MarkedFile.OfAsync(path, files, format, cancellation).ConfigureAwait(false);
        IReadOnlyList<RowBoundary> marks = await FindAsync(path, file, open, cancellation).ConfigureAwait(false);
        RowBoundary At(long begin) => begin == 0 ? firstRow : marks.FirstOrDefault(mark => mark.Offset >= begin, new RowBoundary(file.Bytes, 0));
        return new MarkedRange(At(shard.Begin(file.Bytes)), At(shard.End(file.Bytes)).Offset, file.Bytes);
    }

    private static async Task<IReadOnlyList<RowBoundary>> FindAsync(string path, MarkedFile file, Func<LineReader> open, CancellationToken cancellation)
    {
        string[] places = Addresses.Is(path) ? [InCache(path)] : [path + Suffix, InCache(path)];
        if (places.Select(place => Load(place, file)).OfType<StoredRowBoundaries>().FirstOrDefault() is { } kept)
        {
            return kept.ToList();
        }

        List<RowBoundary> marks = await ScanAsync(open, file.Bytes, cancellation).ConfigureAwait(false);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(StoredRowBoundaries.Of(file, marks), RowBoundariesJson.Default.StoredRowBoundaries);
        _ = places.Any(place => CacheFile.TryReplace(place, file => file.Write(json)));
        return marks;
    }

    private static async Task<List<RowBoundary>> ScanAsync(Func<LineReader> open, long length, CancellationToken cancellation)
    {
        var marks = new List<RowBoundary>();
        using LineReader lines = open();
        // Before the first row there is no place: the first share begins with it.
        long apart = Math.Max(1, length / MarksInFile);
        long? next = null;
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                if (line.Offset >= next && line.Offset < length)
                {
                    marks.Add(new RowBoundary(line.Offset, line.Number - 1));
                    next = null;
                }

                next ??= line.Offset + apart;
            }
        }

        return marks;
    }

    private static StoredRowBoundaries? Load(string place, MarkedFile file)
    {
        try
        {
            StoredRowBoundaries? kept = !File.Exists(place) ? null
                : JsonSerializer.Deserialize(File.ReadAllBytes(place), RowBoundariesJson.Default.StoredRowBoundaries);
            return kept is { Version: StoredRowBoundaries.CurrentVersion } && kept.File == file && kept.Offsets.Count == kept.LinesBefore.Count ? kept : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string InCache(string path) =>
        Path.Combine(UserCache.Folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))}{Suffix}");
}

/// <summary>A range of bytes between two places.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">The byte at which it ends.</param>
/// <param name="FileBytes">Length of the file.</param>
internal readonly record struct MarkedRange(RowBoundary From, long To, long FileBytes)
{
    /// <summary>The range as an extent.</summary>
    public ShardExtent Extent => new(ShardExtent.Bytes, From.Offset, To);
}

/// <summary>What places between rows were found in.</summary>
internal sealed record MarkedFile(long Bytes, DateTime ModifiedUtc, ulong Inode, string Samples, string Format)
{
    public static async Task<MarkedFile> OfAsync(string path, ManifestFiles files, string format, CancellationToken cancellation)
    {
        string samples = await FileFingerprint.OfAsync([path], files, cancellation).ConfigureAwait(false);
        if (Addresses.Is(path))
        {
            using RandomAccessFile remote = await files.OpenPositionsAsync(path, cancellation).ConfigureAwait(false);
            return new MarkedFile(remote.Length, default, 0, samples, format);
        }

        FileFacts.OfPath(path, out FileFacts facts);
        return new MarkedFile(facts.Length, File.GetLastWriteTimeUtc(path), facts.Inode, samples, format);
    }
}

/// <summary>Places between rows as they are kept.</summary>
internal sealed record StoredRowBoundaries(MarkedFile File, IReadOnlyList<long> Offsets, IReadOnlyList<long> LinesBefore)
{
    /// <summary>The layout that is written and read.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("clipguardRows")]
    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = CurrentVersion;

    public static StoredRowBoundaries Of(MarkedFile file, List<RowBoundary> marks) =>
        new(file, [.. marks.Select(static mark => mark.Offset)], [.. marks.Select(static mark => mark.LinesBefore)]);

    public List<RowBoundary> ToList() => [.. Offsets.Zip(LinesBefore, static (offset, lines) => new RowBoundary(offset, lines))];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredRowBoundaries))]
internal sealed partial class RowBoundariesJson : JsonSerializerContext;

using System.Collections.Immutable;

using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>The formats of manifests that are read by assemblies of their own, known to the whole process.</summary>
public static class ManifestFormatRegistry
{
    private const int StartBytes = 8;

    // Whoever does not carry the reader is told which package has it, and Parquet is not taken for text.
    private static readonly MissingFormat Parquet =
        new("Parquet", [".parquet"], ["PAR1"u8.ToArray(), "PARE"u8.ToArray()], "ClipGuard.Parquet", "ParquetFormat.Add()");

    private static ImmutableArray<IManifestFormat> _all = [Parquet];

    /// <summary>Those that are known before one is added.</summary>
    internal static ImmutableArray<IManifestFormat> BuiltIn => [Parquet];

    /// <summary>All that are known; set by tests, to forget what they have added.</summary>
    internal static ImmutableArray<IManifestFormat> All
    {
        get => _all;
        set => _all = value;
    }

    /// <summary>Makes a format known to <see cref="Manifest.Open"/>. It stays known until the process ends; to add it again changes nothing.</summary>
    /// <param name="format">The format.</param>
    public static void Add(IManifestFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        ImmutableInterlocked.Update(ref _all, static (all, added) => [.. all.Where(known => known.Name != added.Name), added], format);
    }

    /// <summary>Whether a file's name is that of a format.</summary>
    internal static bool Names(string path) => FindByName(path) is not null;

    /// <summary>The format that all of these files have; null where there is none, or they have several.</summary>
    internal static IManifestFormat? Find(IEnumerable<string> files)
    {
        IManifestFormat?[] found = [.. files.Select(Find).Distinct()];
        return found.Length == 1 ? found[0] : null;
    }

    private static IManifestFormat? Find(string path) => FindByName(path) ?? FindByStart(path);

    private static IManifestFormat? FindByName(string path) =>
        _all.FirstOrDefault(format => format.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    // What is not regular is not opened: reading from a FIFO would take bytes that its reader needs.
    private static IManifestFormat? FindByStart(string path)
    {
        if (FileFacts.OfPath(path, out FileFacts facts) is not null || facts.WhyNotRegular is not null)
        {
            return null;
        }

        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
            byte[] start = new byte[StartBytes];
            int length = RandomAccess.Read(file, start, 0);
            return _all.FirstOrDefault(format => format.Recognises(start.AsSpan(0, length)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

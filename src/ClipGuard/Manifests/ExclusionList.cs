using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>
/// Rows that are to be left out of manifests, as the <c>excluded.jsonl</c> of dry runs name them: by their source (a file, shard or folder) and their line or
/// key within it. A name of a source holds wherever a path ends with it, so that the list holds where a dataset was moved. About 20 bytes a row stay in
/// memory. Immutable.
/// </summary>
public sealed class ExclusionList
{
    private const string FromStandardInput = "Its rows came from standard input: put the name of the file in place of '-'.";

    private readonly IReadOnlyList<ListFile> _files;

    private ExclusionList(IReadOnlyList<ListFile> files, IReadOnlyDictionary<string, SourceExclusions> places)
    {
        _files = files;
        Places = places;
        Count = places.Values.Sum(static source => source.Count);
        Fingerprint = FingerprintOf(places);
    }

    /// <summary>How many rows are named; one that is named several times counts once.</summary>
    public long Count { get; }

    /// <summary>A hash of the rows that are named, in hexadecimal: lists that name the same rows have equal ones.</summary>
    public string Fingerprint { get; }

    /// <summary>The rows by the names of their sources.</summary>
    internal IReadOnlyDictionary<string, SourceExclusions> Places { get; }

    /// <summary>Reads lists.</summary>
    /// <param name="paths">Their files; what any of them names is left out.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ManifestException">A file cannot be read, or a line of it names no row.</exception>
    public static async Task<ExclusionList> ReadAsync(IEnumerable<string> paths, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new List<ListFile>();
        var places = new Dictionary<string, SourceExclusions.Builder>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            files.Add(await ReadAsync(Path.GetFullPath(path), places, cancellation).ConfigureAwait(false));
        }

        return new ExclusionList(files, places.ToDictionary(static source => source.Key, static source => source.Value.Build(), StringComparer.Ordinal));
    }

    /// <summary>Finds the sources of a manifest that the list is about.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <returns>What is named and not in the manifest, in words; none where all sources are there.</returns>
    /// <exception cref="ManifestException">
    /// None of a file's sources is in the manifest, so that it would leave out nothing; or the name of one fits several of the manifest's sources.
    /// </exception>
    public IReadOnlyList<string> FindAbsent(IManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return ResolvedExclusions.Of(this, manifest).Absent;
    }

    /// <summary>Says of each file which of its sources are absent.</summary>
    /// <param name="manifest">Where they are looked for.</param>
    /// <param name="found">The names of sources that are there.</param>
    /// <exception cref="ManifestException">None of a file's is there.</exception>
    internal IReadOnlyList<string> FindAbsent(IManifest manifest, IReadOnlySet<string> found)
    {
        var absent = new List<string>();
        foreach (ListFile file in _files)
        {
            string[] missing = [.. file.RowsBySource.Keys.Where(source => !found.Contains(source)).Order(StringComparer.Ordinal)];
            if (missing.Length == 0)
            {
                continue;
            }

            long rows = missing.Sum(source => file.RowsBySource[source]);
            string sources = missing.Length > 3 ? $"{string.Join(", ", missing.Take(3))}, …" : string.Join(", ", missing);
            if (missing.Length == file.RowsBySource.Count)
            {
                throw new ManifestException(
                    $"{file.Path} names {rows} rows to be left out, none of them in a source of {manifest.Name}: it has {sources}, and the manifest "
                    + $"{Described(manifest)}. {(missing is [SourceNames.StandardInput] ? FromStandardInput : "Is it the list of another manifest?")}");
            }

            absent.Add($"{rows} of the {file.RowsBySource.Values.Sum()} rows that {file.Path} names are in {missing.Length} sources that are not in "
                + $"{manifest.Name} ({sources}): for these nothing is left out");
        }

        return absent;
    }

    private static string Described(IManifest manifest)
    {
        var names = SourceNames.Of(manifest);
        string shown = string.Join(", ", manifest.Sources.Take(3).Select(names.NameOf));
        return manifest.Sources.Count > 3 ? $"{shown}, …" : shown;
    }

    private static async Task<ListFile> ReadAsync(string path, Dictionary<string, SourceExclusions.Builder> places, CancellationToken cancellation)
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        using var lines = LineReader.Open(path, new ManifestOptions().MaxLineBytes);
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                if (!line.IsBlank)
                {
                    Add(ExcludedRowReader.Read(line, path), places, rows);
                }
            }
        }

        return new ListFile(path, rows);
    }

    private static void Add(NamedRow row, Dictionary<string, SourceExclusions.Builder> places, Dictionary<string, long> rows)
    {
        if (!places.TryGetValue(row.Source, out SourceExclusions.Builder? source))
        {
            source = new SourceExclusions.Builder();
            places.Add(row.Source, source);
        }

        source.Add(row);
        rows[row.Source] = rows.GetValueOrDefault(row.Source) + 1;
    }

    private static string FingerprintOf(IReadOnlyDictionary<string, SourceExclusions> places)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string source, SourceExclusions rows) in places.OrderBy(static source => source.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(source + "\0"));
            rows.AppendTo(hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>One file that was read.</summary>
    private sealed record ListFile(string Path, IReadOnlyDictionary<string, long> RowsBySource);
}

namespace ClipGuard.Manifests;

/// <summary>The rows of one manifest that a list leaves out. Any number of threads.</summary>
internal sealed class ResolvedExclusions
{
    // Of rows that are left out by their numbers alone so many are read, to notice that they are not those that were meant.
    private const int ReadRows = 256;

    private readonly string _manifest;
    private readonly bool _hasEachRowOnce;
    private readonly Dictionary<string, SourceExclusions> _places;

    private ResolvedExclusions(IManifest manifest, Dictionary<string, SourceExclusions> places, IReadOnlyList<string> absent)
    {
        _manifest = manifest.Name;
        _hasEachRowOnce = manifest is not (BlendedManifest or StreamedBlend);
        _places = places;
        Absent = absent;
        Count = places.Values.Sum(static source => (long)source.Count);
    }

    /// <summary>Rows of the manifest's sources that are named, whether they are there or not.</summary>
    public long Count { get; }

    /// <summary>What the list names and the manifest does not have, in words.</summary>
    public IReadOnlyList<string> Absent { get; }

    /// <summary>Finds the sources of a list among those of a manifest.</summary>
    /// <exception cref="ManifestException">None of them is there, or one of them may be several.</exception>
    public static ResolvedExclusions Of(ExclusionList list, IManifest manifest)
    {
        var names = SourceNames.Of(manifest);
        ILookup<string, string> byFileName = manifest.Sources.ToLookup(SourceNames.LastPart, StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var parts = new Dictionary<string, List<SourceExclusions>>(StringComparer.Ordinal);
        foreach ((string name, SourceExclusions places) in list.Places)
        {
            string[] fitting = [.. byFileName[SourceNames.LastPart(name)].Where(source => SourceNames.Fits(source, name))];
            fitting = fitting.Length > 1 && Array.Find(fitting, source => names.NameOf(source) == name) is { } exact ? [exact] : fitting;
            if (fitting.Length > 1)
            {
                throw new ManifestException(
                    $"The list of excluded rows names the source {name}, which may be {fitting[0]} or {fitting[1]} in {manifest.Name}: "
                    + "put so much of the path before it that it is one of them.");
            }

            foreach (string source in fitting)
            {
                found.Add(name);
                if (!parts.TryGetValue(source, out List<SourceExclusions>? of))
                {
                    parts.Add(source, of = []);
                }

                of.Add(places);
            }
        }

        return new ResolvedExclusions(
            manifest,
            parts.ToDictionary(static source => source.Key, static source => SourceExclusions.Join(source.Value), StringComparer.Ordinal),
            list.FindAbsent(manifest, found));
    }

    /// <summary>The rows of a source; null where none is named.</summary>
    /// <param name="source">As in <see cref="RowLocation.Source"/>.</param>
    public SourceExclusions? In(string source) => _places.GetValueOrDefault(source);

    /// <summary>Whether the row at a location is left out, whatever it names.</summary>
    public bool Contains(RowLocation location) => In(location.Source)?.Contains(location, out _) is true;

    /// <summary>Whether a row that was read is left out.</summary>
    /// <param name="row">The row.</param>
    /// <param name="checksClips">Whether its clips were read, so that one of them has to be that for which it is named.</param>
    /// <param name="linesBefore">Lines of its file before that from which its own are counted.</param>
    /// <exception cref="ManifestException">It is another row than the list means, so that the wrong ones would be left out.</exception>
    public bool Contains(ManifestRow row, bool checksClips = true, long linesBefore = 0)
    {
        RowLocation location = row.LocationIn(_manifest);
        location = linesBefore == 0 ? location : location with { Line = location.Line + linesBefore };
        if (In(location.Source) is not { } places || !places.Contains(location, out uint clip))
        {
            return false;
        }

        if (checksClips && clip != 0 && row is SampleRow { Sample.Clips: var clips } && !clips.Any(named => ExclusionDigest.OfClip(named.AsWritten) == clip))
        {
            string where = location.Key is { } key ? $"The sample {key}" : $"Line {location.Line}";
            throw new ManifestException(
                $"{where} of {location.Source} is to be left out for a clip that it does not name: it has {Named(clips)}. "
                + "The list of excluded rows is of another version of it; make a new one by a dry run.");
        }

        return true;
    }

    /// <summary>What there is to say where fewer rows were left out than are named; null where there is nothing.</summary>
    /// <param name="leftOut">Rows that were left out of the whole manifest.</param>
    public string? Unmet(long leftOut) => !_hasEachRowOnce || leftOut >= Count ? null
        : $"{Count - leftOut} of the {Count} rows that are to be left out of {_manifest} are not in it: is the list of another version of it?";

    /// <summary>The rows of an index that are left out.</summary>
    /// <param name="rows">The index of the manifest.</param>
    /// <returns>Row numbers, ascending and each once.</returns>
    /// <exception cref="ManifestException">They are others than the list means.</exception>
    public long[] FindRows(IndexedRows rows)
    {
        long[] found = [.. rows.FindRows(this, _manifest).Distinct().Order()];
        for (int read = 0; read < Math.Min(ReadRows, found.Length); read++)
        {
            long row = found[(long)read * (found.Length - 1) / Math.Max(1, Math.Min(ReadRows, found.Length) - 1)];
            _ = Contains(rows.Read(row));
        }

        return found;
    }

    private static string Named(IReadOnlyList<ClipReference> clips) => clips.Count == 0 ? "none"
        : string.Join(", ", clips.Take(3).Select(static clip => clip.AsWritten));
}

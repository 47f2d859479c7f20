using System.Runtime.CompilerServices;
using System.Text.Json;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Streams.Comparing;

/// <summary>A manifest of any kind that has keys or columns, whose rows name pairs of clips under two of them. Others are left alone.</summary>
internal sealed class PairManifest
{
    private readonly ManifestComparisonOptions _options;
    private readonly IManifest _manifest;
    private readonly ResolvedExclusions? _exclusion;
    private readonly SourceNames _sources;
    private readonly Dictionary<string, PathResolver> _resolvers = new(StringComparer.Ordinal);

    /// <param name="options">The manifest and the two columns.</param>
    /// <exception cref="ManifestException">It cannot be opened, or is of a kind that has no columns.</exception>
    public PairManifest(ManifestComparisonOptions options)
    {
        _options = options;
        string[] columns = [options.ReferenceColumn, options.DistortedColumn];
        _manifest = Manifest.Open(options.ManifestPath, options.Manifest with
        {
            FieldsAlone = columns,
            Columns = columns.Distinct(StringComparer.Ordinal).ToDictionary(static column => column),
            RequireMessages = false,
        });
        if (_manifest is FolderManifest or TarManifest)
        {
            throw new ManifestException(
                $"{_manifest.Name} is {_manifest.Kind}, whose rows name no pairs: give JSON Lines, a JSON array or a table "
                + $"with '{columns[0]}' and '{columns[1]}'.");
        }

        _sources = SourceNames.Of(_manifest);
        _exclusion = options.Excluded is { } list ? ResolvedExclusions.Of(list, _manifest) : null;
    }

    /// <summary>Bytes of the manifest's file; 0 where they are not known before it was read, as of a pipe, or there are several.</summary>
    public long TotalBytes => _manifest.Sources is [var only] && File.Exists(only) ? new FileInfo(only).Length : 0;

    /// <summary>Reads the rows in order.</summary>
    /// <exception cref="ManifestException">The manifest is not there or not readable, or is a table without one of the two columns.</exception>
    public async IAsyncEnumerable<PairRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ManifestRow row in _manifest.ReadRowsAsync(cancellation).ConfigureAwait(false))
        {
            if (_exclusion?.Contains(row, checksClips: false) is not true)
            {
                yield return row is SampleRow sample ? Read(sample)
                    : new PairRow(row.Line, []) { Named = NameOf(row), Complaint = ((BadRow)row).Message };
            }
        }
    }

    private PairRow Read(SampleRow row)
    {
        var pair = new PairRow(row.Line, row.Raw.ToArray()) { Named = NameOf(row), EndBytes = row.Offset + row.Raw.Length };
        try
        {
            return Column(row.Sample, _options.ReferenceColumn) is not { } reference ? pair with { Complaint = Missing(_options.ReferenceColumn) }
                : Column(row.Sample, _options.DistortedColumn) is not { } distorted ? pair with { Complaint = Missing(_options.DistortedColumn) }
                : (AddressIn(reference) ?? AddressIn(distorted)) is { } address
                    ? pair with { Complaint = $"found the address {address}, expected the path of a file" }
                : Resolved(pair, ResolverFor(row), reference, distorted);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return pair with { Complaint = $"found what is no text in '{_options.ReferenceColumn}' or '{_options.DistortedColumn}', expected paths" };
        }
    }

    private ExcludedRow NameOf(ManifestRow row)
    {
        RowLocation location = row.LocationIn(_manifest.Name);
        return new ExcludedRow { Source = _sources.NameOf(location.Source), Line = location.Key is null ? location.Line : null, Key = location.Key };
    }

    private static PairRow Resolved(PairRow pair, PathResolver paths, string reference, string distorted) => pair with
    {
        Reference = paths.Resolve(reference),
        Distorted = paths.Resolve(distorted),
        IsRelative = IsRelative(reference) || IsRelative(distorted),
    };

    private static bool IsRelative(string path) => !Path.IsPathRooted(path);

    private PathResolver ResolverFor(ManifestRow row)
    {
        string folder = Path.GetDirectoryName(row.LocationIn(_manifest.Name).Source)!;
        if (!_resolvers.TryGetValue(folder, out PathResolver? resolver))
        {
            resolver = PathResolver.For(_options.Manifest, folder);
            _resolvers.Add(folder, resolver);
        }

        return resolver;
    }

    // A comparison fetches nothing, and what it cannot find it names in its records.
    private static string? AddressIn(string path) => path.Contains("://", StringComparison.Ordinal) ? RedactedAddress.WithoutSecrets(path) : null;

    private static string Missing(string column) => $"found no path in '{column}', expected one";

    private static string? Column(Sample row, string name) =>
        row.TryGetField(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } path
            && !path.Contains('\0', StringComparison.Ordinal)
            ? path
            : null;
}

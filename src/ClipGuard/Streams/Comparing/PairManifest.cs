using System.Runtime.CompilerServices;
using System.Text.Json;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Streams.Comparing;

/// <summary>
/// A JSON Lines file, or a CSV or TSV file with a row of names, whose rows name pairs of clips in two columns. Other columns are left alone.
/// </summary>
internal sealed class PairManifest(string path, string referenceColumn, string distortedColumn, ManifestOptions options)
{
    private readonly string _path = Path.GetFullPath(path);

    /// <summary>Bytes of the file; 0 where they are not known before it was read, as of a pipe.</summary>
    public long TotalBytes => File.Exists(_path) ? new FileInfo(_path).Length : 0;

    /// <summary>Reads the rows in order. Blank lines are none.</summary>
    /// <exception cref="ManifestException">The file is not there or not readable, or is a table without one of the two columns.</exception>
    public async IAsyncEnumerable<PairRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var resolver = PathResolver.For(options, Path.GetDirectoryName(_path)!);
        PairTable? table = Path.GetExtension(_path).ToLowerInvariant() is ".csv" or ".tsv"
            ? new PairTable(_path, referenceColumn, distortedColumn, options, resolver)
            : null;
        using var reader = LineReader.Open(_path, options.MaxLineBytes, table is null ? null : PairTable.Quote);
        do
        {
            while (reader.TryRead(out TextLine line))
            {
                if ((line.IsTooLong || !line.IsBlank) && table?.IsHeader(line) is not true)
                {
                    yield return Read(line, table, resolver) with { EndBytes = line.Offset + Math.Max(line.Raw.Length, line.Length) };
                }
            }
        }
        while (await reader.FillAsync(cancellation).ConfigureAwait(false));
    }

    private PairRow Read(TextLine line, PairTable? table, PathResolver resolver)
    {
        if (line.IsTooLong)
        {
            return new PairRow(line.Number, []) { Complaint = line.TooLong(options).Message };
        }

        string? complaint = null;
        byte[] json = table is null ? line.Text.ToArray() : table.ToJson(line, out complaint);
        return complaint is null ? Read(line.Number, json, resolver) : new PairRow(line.Number, []) { Complaint = complaint };
    }

    private PairRow Read(long number, byte[] text, PathResolver resolver)
    {
        var row = new PairRow(number, text);
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind != JsonValueKind.Object
                ? row with { Complaint = $"found {json.RootElement.ValueKind}, expected an object with '{referenceColumn}' and '{distortedColumn}'" }
                : Column(json.RootElement, referenceColumn) is not { } reference ? row with { Complaint = Missing(referenceColumn) }
                : Column(json.RootElement, distortedColumn) is not { } distorted ? row with { Complaint = Missing(distortedColumn) }
                : (AddressIn(reference) ?? AddressIn(distorted)) is { } address
                    ? row with { Complaint = $"found the address {address}, expected the path of a file" }
                : row with { Reference = resolver.Resolve(reference), Distorted = resolver.Resolve(distorted) };
        }
        catch (JsonException error)
        {
            return row with { Complaint = $"this is no JSON: {error.Message}" };
        }
        catch (InvalidOperationException)
        {
            // Text that is none: bytes that are no UTF-8, or half of a surrogate pair.
            return row with { Complaint = $"found what is no text in '{referenceColumn}' or '{distortedColumn}', expected paths" };
        }
    }

    // A comparison fetches nothing, and what it cannot find it names in its records.
    private static string? AddressIn(string path) => path.Contains("://", StringComparison.Ordinal) ? RedactedAddress.WithoutSecrets(path) : null;

    private static string Missing(string column) => $"found no path in '{column}', expected one";

    private static string? Column(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } path
            && !path.Contains('\0', StringComparison.Ordinal)
            ? path
            : null;
}

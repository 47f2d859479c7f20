using System.Runtime.CompilerServices;
using System.Text.Json;

using ClipGuard.Manifests;

namespace ClipGuard.Streams.Comparing;

/// <summary>A JSON Lines file whose rows name pairs of clips in two columns. Other columns are left alone.</summary>
internal sealed class PairManifest(string path, string referenceColumn, string distortedColumn, ManifestOptions options)
{
    /// <summary>Reads the rows in order. Blank lines are none.</summary>
    /// <exception cref="ManifestException">The file is not there or not readable.</exception>
    public async IAsyncEnumerable<PairRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        string full = Path.GetFullPath(path);
        var resolver = PathResolver.For(options, Path.GetDirectoryName(full)!);
        using var reader = LineReader.Open(full, options.MaxLineBytes);
        do
        {
            while (reader.TryRead(out TextLine line))
            {
                if (line.IsTooLong)
                {
                    yield return new PairRow(line.Number, []) { Trouble = line.TooLong(options).Message };
                }
                else if (!line.IsBlank)
                {
                    yield return Read(line.Number, line.Text.ToArray(), resolver);
                }
            }
        }
        while (await reader.FillAsync(cancellation).ConfigureAwait(false));
    }

    private PairRow Read(long number, byte[] text, PathResolver resolver)
    {
        var row = new PairRow(number, text);
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind != JsonValueKind.Object
                ? row with { Trouble = $"found {json.RootElement.ValueKind}, expected an object with '{referenceColumn}' and '{distortedColumn}'" }
                : Column(json.RootElement, referenceColumn) is not { } reference ? row with { Trouble = Missing(referenceColumn) }
                : Column(json.RootElement, distortedColumn) is not { } distorted ? row with { Trouble = Missing(distortedColumn) }
                : row with { Reference = resolver.Resolve(reference), Distorted = resolver.Resolve(distorted) };
        }
        catch (JsonException error)
        {
            return row with { Trouble = $"this is no JSON: {error.Message}" };
        }
        catch (InvalidOperationException)
        {
            // Names that are no text: bytes that are no UTF-8, or half of a surrogate pair.
            return row with { Trouble = $"found what is no text in '{referenceColumn}' or '{distortedColumn}', expected paths" };
        }
    }

    private static string Missing(string column) => $"found no path in '{column}', expected one";

    private static string? Column(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } path
            && !path.Contains('\0', StringComparison.Ordinal)
            ? path
            : null;
}

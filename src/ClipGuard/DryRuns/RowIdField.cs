using System.Text.Json;

using ClipGuard.Manifests;

namespace ClipGuard.DryRuns;

/// <summary>What a row calls itself, for people who know their rows by that.</summary>
internal static class RowIdField
{
    /// <summary>The row's id; null where it has none.</summary>
    /// <param name="row">The row.</param>
    /// <param name="field">The field that it stands in; null for the key of a shard's sample.</param>
    public static string? Of(ManifestRow row, string? field) => field is null ? row.Location?.Key
        : row is not SampleRow sample || !sample.Sample.TryGetField(field, out JsonElement value) ? null
        : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => value.GetRawText(),
        };
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Streams.Comparing;

/// <summary>
/// A manifest whose samples carry the scores of a pair of clips as further fields, so that what reads it can filter on them.
/// A sample whose pair gets no score, or that <paramref name="keep"/> does not want, becomes a <see cref="BadRow"/> that says why: nothing is left out in silence.
/// </summary>
/// <param name="manifest">The manifest that is scored.</param>
/// <param name="comparer">What compares a pair.</param>
/// <param name="pairOf">The reference and the distorted clip of a sample; null where it has no pair, and the sample then passes as it is.</param>
/// <param name="keep">Which scored samples stay; null for all.</param>
public sealed class ScoredManifest(
    IManifest manifest, ClipComparer comparer, Func<Sample, (ClipSource Reference, ClipSource Distorted)?> pairOf, Func<IReadOnlyDictionary<string, double>, bool>? keep = null)
    : IManifest
{
    /// <inheritdoc/>
    public string Name => manifest.Name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation).ConfigureAwait(false))
        {
            yield return row is SampleRow sample && pairOf(sample.Sample) is { } pair ? await ScoreAsync(sample, pair, cancellation).ConfigureAwait(false) : row;
        }
    }

    private async Task<ManifestRow> ScoreAsync(SampleRow row, (ClipSource Reference, ClipSource Distorted) pair, CancellationToken cancellation)
    {
        ComparisonResult result = await comparer.CompareAsync(pair.Reference, pair.Distorted, cancellation).ConfigureAwait(false);
        if (result.Outcome.Fault is { } fault)
        {
            return new BadRow(row.Line, 1, $"a pair without a score ({fault.Culprit}: {fault.Message})", "one that can be compared") { Origin = row.Origin };
        }

        if (keep is not null && !keep(result.Scores))
        {
            string scores = string.Join(", ", result.Scores.Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Key} {score.Value:0.####}")));
            return new BadRow(row.Line, 1, $"a pair with {scores}", "scores that the filter lets through") { Origin = row.Origin };
        }

        IEnumerable<SampleField> fields = row.Sample.Fields.Where(field => !result.Scores.ContainsKey(field.Name))
            .Concat(result.Scores.Select(score => new SampleField(score.Key, Encoding.ASCII.GetBytes(ScoredRow.Json(score.Value)))));
        return row with { Sample = row.Sample with { Fields = [.. fields] } };
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Streams.Comparing;

/// <summary>
/// A manifest whose samples carry the scores of a pair of clips as further fields, so that what reads it can filter on them. Every pair is compared
/// once, when the manifest is indexed or first read, and its scores are kept for as long as this object lives: about 200 bytes a pair.
/// </summary>
/// <remarks>
/// A sample whose pair gets no score becomes a <see cref="BadRow"/> that says why. A sample that <c>keep</c> does not want is no row
/// at all, so that a loader neither puts a substitute in its place nor counts it as a failure; <see cref="LeftOut"/> names it. Nothing is left out in silence.
/// </remarks>
public sealed class ScoredManifest : IIndexableManifest, ITextManifest
{
    private readonly IIndexableManifest _manifest;
    private readonly ClipComparer _comparer;
    private readonly Func<Sample, (ClipSource Reference, ClipSource Distorted)?> _pairOf;
    private readonly Func<IReadOnlyDictionary<string, double>, bool>? _keep;
    private readonly int _pairs;
    private readonly ConcurrentDictionary<long, Verdict> _verdicts = new();

    /// <summary>Scores for a manifest. Nothing is compared yet.</summary>
    /// <param name="manifest">The manifest that is scored.</param>
    /// <param name="comparer">What compares a pair.</param>
    /// <param name="pairOf">
    /// The reference and the distorted clip of a sample; null where it has no pair, and the sample then passes as it is. Called from several threads.
    /// </param>
    /// <param name="keep">Which scored samples stay; null for all. Called from several threads.</param>
    /// <param name="pairs">Pairs that are compared at the same time while the manifest is indexed; default as many as a guard lets run by default.</param>
    public ScoredManifest(
        IIndexableManifest manifest,
        ClipComparer comparer,
        Func<Sample, (ClipSource Reference, ClipSource Distorted)?> pairOf,
        Func<IReadOnlyDictionary<string, double>, bool>? keep = null,
        int? pairs = null)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        _manifest = manifest;
        _comparer = comparer;
        _pairOf = pairOf;
        _keep = keep;
        _pairs = pairs ?? new StreamOptions().Runs;
        ArgumentOutOfRangeException.ThrowIfLessThan(_pairs, 1, nameof(pairs));
    }

    /// <inheritdoc/>
    public string Name => _manifest.Name;

    /// <inheritdoc/>
    public string Kind => _manifest.Kind;

    /// <inheritdoc/>
    public IReadOnlyList<string> Sources => _manifest.Sources;

    TextFormat? ITextManifest.Format => (_manifest as ITextManifest)?.Format;

    /// <summary>Samples whose scores were not wanted, of those that were compared so far: the line, and the scores in words. In the manifest's order.</summary>
    public IReadOnlyList<(long Line, string Scores)> LeftOut =>
        [.. _verdicts.Where(verdict => verdict.Value.IsLeftOut).OrderBy(verdict => verdict.Key)
            .Select(verdict => (verdict.Value.Line, InWords(verdict.Value.Scores)))];

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        long number = 0;
        await foreach (ManifestRow row in _manifest.ReadRowsAsync(cancellation).ConfigureAwait(false))
        {
            Verdict? verdict = await JudgeAsync(number++, row, cancellation).ConfigureAwait(false);
            if (verdict is not { IsLeftOut: true })
            {
                yield return Apply(verdict, row);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Compares every pair that was not compared before.</remarks>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        IndexedRows rows = await _manifest.IndexAsync(cancellation).ConfigureAwait(false);
        try
        {
            var bounds = new ParallelOptions { MaxDegreeOfParallelism = _pairs, CancellationToken = cancellation };
            await Parallel.ForAsync(
                0, rows.Count, bounds, async (number, stop) => await JudgeAsync(number, rows.Read(number), stop).ConfigureAwait(false)).ConfigureAwait(false);
            return new IndexedRowSubset(
                rows,
                number => _verdicts.GetValueOrDefault(number) is { IsLeftOut: true },
                (number, row) => Apply(_verdicts.GetValueOrDefault(number), row));
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>That of the manifest which is scored: nothing is compared for it.</remarks>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) => _manifest.FingerprintAsync(cancellation);

    private async Task<Verdict?> JudgeAsync(long number, ManifestRow row, CancellationToken cancellation)
    {
        if (_verdicts.TryGetValue(number, out Verdict? known))
        {
            return known;
        }

        if (row is not SampleRow sample || _pairOf(sample.Sample) is not { } pair)
        {
            return null;
        }

        ComparisonResult result = await _comparer.CompareAsync(pair.Reference, pair.Distorted, cancellation).ConfigureAwait(false);
        string? failure = result.Outcome.Fault is { } fault ? $"{fault.Culprit}: {fault.Message}" : null;
        var verdict = new Verdict(row.Line, result.Scores, failure, IsLeftOut: failure is null && _keep is not null && !_keep(result.Scores));
        return _verdicts.GetOrAdd(number, verdict);
    }

    private static ManifestRow Apply(Verdict? verdict, ManifestRow row)
    {
        if (verdict is null || row is not SampleRow sample)
        {
            return row;
        }

        if (verdict.Failure is { } failure)
        {
            return new BadRow(row.Line, 1, $"a pair without a score ({failure})", "one that can be compared")
            {
                Origin = row.Origin,
                Location = row.Location,
            };
        }

        IEnumerable<SampleField> fields = sample.Sample.Fields.Where(field => !verdict.Scores.ContainsKey(field.Name))
            .Concat(verdict.Scores.Select(score => new SampleField(score.Key, Encoding.ASCII.GetBytes(ScoreFieldJson.Json(score.Value)))));
        return sample with { Sample = sample.Sample with { Fields = [.. fields] } };
    }

    private static string InWords(IReadOnlyDictionary<string, double> scores) =>
        string.Join(", ", scores.Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Key} {score.Value:0.####}")));

    private sealed record Verdict(long Line, IReadOnlyDictionary<string, double> Scores, string? Failure, bool IsLeftOut);
}

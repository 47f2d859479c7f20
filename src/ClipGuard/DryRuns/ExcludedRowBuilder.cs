using ClipGuard.Manifests;

namespace ClipGuard.DryRuns;

/// <summary>Makes the lines of <c>excluded.jsonl</c>.</summary>
/// <param name="manifest">The manifest whose rows they are.</param>
internal sealed class ExcludedRowBuilder(IManifest manifest)
{
    private readonly SourceNames _sources = SourceNames.Of(manifest);

    /// <summary>The line of a row that is no sample.</summary>
    public ExcludedRow Of(BadRow row) => Of((ManifestRow)row) with { Fault = BadLineRecord.Name };

    /// <summary>The line of a sample, of whose clips at least one gave no data.</summary>
    /// <param name="row">The sample.</param>
    /// <param name="verdicts">Those on its clips, in its order.</param>
    public ExcludedRow Of(SampleRow row, IEnumerable<ClipVerdict> verdicts) => Of((ManifestRow)row) with
    {
        Clips = [.. verdicts.Where(static verdict => !verdict.IsOk).Select(static verdict => new ExcludedClip(verdict.Clip.AsWritten, verdict.Clip.Kind)
        {
            Fault = verdict.Fault?.Fault,
            Unsettled = verdict.Unsettled?.Cause.ToString(),
        })],
    };

    private ExcludedRow Of(ManifestRow row)
    {
        RowLocation location = row.LocationIn(manifest.Name);
        return new ExcludedRow { Source = _sources.NameOf(location.Source), Line = location.Key is null ? location.Line : null, Key = location.Key };
    }
}

namespace ClipGuard.Manifests;

/// <summary>Some of the unparsed rows that were read.</summary>
internal sealed class UnparsedRowSubset : UnparsedRows
{
    private readonly List<(UnparsedRows Rows, int Row)> _chosen = [];

    public override int Count => _chosen.Count;

    /// <summary>Adds a row behind the others.</summary>
    public void Add(UnparsedRows rows, int row) => _chosen.Add((rows, row));

    public override ManifestLineReference LineOf(int row) => _chosen[row].Rows.LineOf(_chosen[row].Row);

    public override RowLocation LocationOf(int row, string manifest) => _chosen[row].Rows.LocationOf(_chosen[row].Row, manifest);

    public override ManifestRow Read(int row) => _chosen[row].Rows.Read(_chosen[row].Row);
}

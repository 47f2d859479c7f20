namespace ClipGuard.Columnar;

/// <summary>A row whose values are none that a row can have. It becomes a bad row; the rows behind it are read.</summary>
/// <param name="found">What was found.</param>
/// <param name="expected">What was expected.</param>
internal sealed class BadParquetRowException(string found, string expected) : Exception($"found {found}, expected {expected}")
{
    public string Found => found;

    public string Expected => expected;
}

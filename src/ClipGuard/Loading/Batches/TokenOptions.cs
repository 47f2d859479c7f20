namespace ClipGuard.Loading;

/// <summary>How token ids lie in a batch's tensors (<see cref="BatchTokenExtensions.AddTokens"/>).</summary>
public sealed record TokenOptions
{
    /// <summary>The name of the tensor of ids, with which those of the others begin. Default <c>tokens</c>.</summary>
    public string Name { get; init; } = "tokens";

    /// <summary>The id in places that hold no token. Default 0.</summary>
    public int PadId { get; init; }

    /// <summary>Tokens of a sample that are kept, from its first on; null (the default) for all.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Of padded tokens: their number of columns is rounded up to a multiple of it, as kernels like it. Default 1.</summary>
    public int ColumnsMultipleOf { get; init; } = 1;

    /// <summary>
    /// Columns of rows that several samples share, one behind the other; null (the default) gives each sample a row of its own. A sample must not have more
    /// tokens.
    /// </summary>
    public int? PackInto { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxTokens ?? 1, nameof(MaxTokens));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ColumnsMultipleOf, nameof(ColumnsMultipleOf));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PackInto ?? 1, nameof(PackInto));
    }
}

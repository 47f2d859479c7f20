using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>One sample of a batch: its text and where it comes from. Its clips are in the batch's tensors at the same index.</summary>
public sealed record BatchSample
{
    /// <summary>Its position in the epoch; -1 for padding of the last batch.</summary>
    public long Position { get; init; } = -1;

    /// <summary>The row's sample; null for padding and for a masked sample.</summary>
    public Sample? Sample { get; init; }

    /// <summary>The row's 1-based line in its manifest; 0 for padding.</summary>
    public long Line { get; init; }

    /// <summary>The manifest or source of the row, where there are several; otherwise null.</summary>
    public string? Origin { get; init; }

    /// <summary>0 where it is the position's own row, n where it is the n-th substitute.</summary>
    public int SubstituteNumber { get; init; }

    /// <summary>True where its tensors are all zero and must not be trained on: padding, or a bad sample under <see cref="BadSamplePolicy.Mask"/>.</summary>
    public bool IsMasked { get; init; }

    /// <summary>True where it is a substitute for another sample.</summary>
    public bool IsSubstitute => SubstituteNumber > 0;
}

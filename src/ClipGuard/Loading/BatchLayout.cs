namespace ClipGuard.Loading;

/// <summary>How the clips of a batch, which differ in length, lie in a tensor.</summary>
public enum BatchLayout
{
    /// <summary>Each clip has as much room as the largest, and zeros behind it: <c>[batch, …]</c>, or <c>[batch, clips, …]</c>.</summary>
    Padded,

    /// <summary>
    /// One clip lies behind the other, sample by sample and without padding, and offsets say where each begins (<c>cu_seqlens</c>). Beside the values each kind
    /// of clip has <c>NAME_offsets</c>, <c>NAME_shapes</c> and <c>NAME_sample_offsets</c>.
    /// </summary>
    Ragged,
}

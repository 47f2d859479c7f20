using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>What becomes a tensor, or several, of a batch's clips of one kind, while the clips come in from several threads and in any order.</summary>
internal abstract class ClipTensorBuilder : IDisposable
{
    /// <summary>Whether it may be that not all clips fit.</summary>
    public abstract bool HasOverflow { get; }

    /// <summary>Bytes that a clip makes the tensor have at least.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="index">Which of its sample's clips it is, from 0.</param>
    public abstract long BytesWith(DecodedClip clip, int index);

    /// <summary>Bytes of the tensor if it had the clips of these slots.</summary>
    public abstract long BytesOf(IReadOnlyList<int> slots);

    /// <summary>Copies one clip in. A slot belongs to one thread.</summary>
    public abstract void Put(int slot, int index, DecodedClip clip, ReadOnlySpan<byte> payload);

    /// <summary>Removes a slot's clips.</summary>
    public abstract void Empty(int slot);

    /// <summary>Ends the builder: drops slots that are not kept and gives the memory to tensors. The slots that are kept must fit.</summary>
    /// <param name="slots">The slots to keep, ascending.</param>
    /// <param name="shape">The shape that clips were padded to; null where there is none.</param>
    /// <returns>None where no slot is kept.</returns>
    public abstract IReadOnlyList<BatchTensor> Finish(IReadOnlyList<int> slots, out int[]? shape);

    /// <inheritdoc/>
    public abstract void Dispose();
}

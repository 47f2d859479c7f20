using System.Numerics.Tensors;

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// One tensor of a batch, in memory that does not move and that belongs to the batch: after the batch is disposed it must not be touched.
/// The tensor may be strided: rows can lie further apart than they are long.
/// </summary>
public sealed unsafe class BatchTensor
{
    private readonly nint[] _shape;
    private readonly nint[] _strides;
    private readonly BatchBlock _block;
    private readonly long[]? _sampleStarts;
    private bool _isDisposed;

    private BatchTensor(
        string name, TensorElement element, BatchBlock block, nint[] shape, nint[] strides, IReadOnlyList<DecodedClip?> clips, int lengthDimension = 0,
        long[]? sampleStarts = null)
    {
        _sampleStarts = sampleStarts;
        Name = name;
        Element = element;
        _block = block;
        _shape = shape;
        _strides = strides;
        Clips = clips;
        Lengths = [.. clips.Select(clip => clip?.Shape[lengthDimension] ?? 0)];
    }

    /// <summary>Its name in the batch: <c>audio</c>, <c>video</c>, <c>image</c>, or the name that a hook gave it.</summary>
    public string Name { get; }

    /// <summary>Type of one element.</summary>
    public TensorElement Element { get; }

    /// <summary>
    /// Length of each dimension, outermost first. The first is the samples of the batch; with more than one clip a sample the second is its clips. Of ragged
    /// values (<see cref="BatchLayout.Ragged"/>) the first is all clips, one behind the other.
    /// </summary>
    public ReadOnlySpan<nint> Shape => _shape;

    /// <summary>Elements from one index to the next, for each dimension.</summary>
    public ReadOnlySpan<nint> Strides => _strides;

    /// <summary>
    /// Each clip's own shape and times, sample by sample; null where a sample has no such clip. By the shape it is known which part of the clip's row is data;
    /// the rest is padding, which is zero. Empty for a tensor that a hook made.
    /// </summary>
    public IReadOnlyList<DecodedClip?> Clips { get; }

    /// <summary>How long each clip is: samples of audio, frames of video, rows of images, whatever the order of dimensions; 0 where there is no clip.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>True where its clips lie one behind the other (<see cref="BatchLayout.Ragged"/>) and are not padded.</summary>
    public bool IsRagged => _sampleStarts is not null;

    /// <summary>True where elements follow one another without gaps.</summary>
    public bool IsContiguous
    {
        get
        {
            nint expected = 1;
            for (int dimension = _shape.Length - 1; dimension >= 0; dimension--)
            {
                if (_shape[dimension] > 1 && _strides[dimension] != expected)
                {
                    return false;
                }

                expected *= _shape[dimension];
            }

            return true;
        }
    }

    /// <summary>First byte of the memory; it stays where it is until the batch is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _block.Address;
        }
    }

    /// <summary>Bytes from the first element to behind the last, gaps included.</summary>
    public long SpanBytes
    {
        get
        {
            long last = 0;
            for (int dimension = 0; dimension < _shape.Length; dimension++)
            {
                if (_shape[dimension] == 0)
                {
                    return 0;
                }

                last += (_shape[dimension] - 1) * _strides[dimension];
            }

            return (last + 1) * SizeOf(Element);
        }
    }

    /// <summary>Bytes of its elements, padding included and gaps left out.</summary>
    internal long ElementBytes => SizeOf(Element) * _shape.Aggregate(1L, static (product, length) => product * length);

    /// <summary>The block that holds the memory. An adapter that keeps the memory beyond the batch takes it with <see cref="Batch.Detach"/>.</summary>
    public BatchBlock Block => _block;

    /// <summary>The elements, to read and to write.</summary>
    /// <typeparam name="T">The type that <see cref="Element"/> names.</typeparam>
    /// <exception cref="InvalidCastException">It is another type.</exception>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public TensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged
    {
        if (typeof(T) != TypeOf(Element))
        {
            throw new InvalidCastException($"The tensor '{Name}' holds {TypeOf(Element).Name}, not {typeof(T).Name}.");
        }

        return new TensorSpan<T>((T*)Address, (nint)(SpanBytes / sizeof(T)), _shape, StridedCopy.SpanStrides(_shape, _strides));
    }

    /// <summary>One sample's part of the tensor as bytes, padding and gaps included; of ragged values, all of its clips.</summary>
    /// <param name="sample">Its index in the batch.</param>
    public ReadOnlySpan<byte> SampleBytes(int sample)
    {
        if (_sampleStarts is { } starts)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sample, (uint)(starts.Length - 1), nameof(sample));
            return new ReadOnlySpan<byte>((byte*)Address + starts[sample], checked((int)(starts[sample + 1] - starts[sample])));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sample, (uint)_shape[0], nameof(sample));
        long stride = _strides[0] * SizeOf(Element);
        return new ReadOnlySpan<byte>((byte*)Address + (sample * stride), checked((int)Math.Min(stride, SpanBytes - (sample * stride))));
    }

    internal static BatchTensor OfClips(ClipsForm form, BatchBlock block, int[] shape, int[] capacity, DecodedClip?[] all)
    {
        nint clipStride = (nint)StridedCopy.Elements(capacity);
        nint[] inner = [.. Enumerable.Range(0, capacity.Length).Select(dimension => (nint)StridedCopy.Elements(capacity.AsSpan(dimension + 1)))];
        nint[] lengths = [.. shape.Select(static length => (nint)length)];
        return new BatchTensor(
            form.Name,
            TensorElementOf(form.Element),
            block,
            form.Squeeze ? [form.Samples, .. lengths] : [form.Samples, form.Clips, .. lengths],
            form.Squeeze ? [clipStride * form.ClipCapacity, .. inner] : [clipStride * form.ClipCapacity, clipStride, .. inner],
            all,
            form.LengthDimension);
    }

    /// <summary>Values whose elements are still to be written.</summary>
    internal static BatchTensor Ragged(TensorDescription form, BatchMemory memory, nint[] shape, IReadOnlyList<DecodedClip?> clips, long[] sampleStarts)
    {
        TensorElement element = TensorElementOf(form.Element);
        nint[] strides = DenseStrides(shape, out nint elements);
        BatchBlock block = memory.Rent(Math.Max(1, checked((long)elements * SizeOf(element))), element);
        return new BatchTensor(form.Name, element, block, shape, strides, clips, form.LengthDimension, sampleStarts);
    }

    internal static BatchTensor Dense(string name, TensorElement element, BatchMemory memory, ReadOnlySpan<nint> shape, int clips = 0)
    {
        nint[] strides = DenseStrides(shape, out nint elements);
        long bytes = Math.Max(1, checked((long)elements * SizeOf(element)));
        BatchBlock block = memory.Rent(bytes, element);
        StridedCopy.Clear((byte*)block.Address, bytes);
        return new BatchTensor(name, element, block, shape.ToArray(), strides, new DecodedClip?[clips]);
    }

    internal static TensorElement ElementOf<T>()
    {
        TensorElement[] all = Enum.GetValues<TensorElement>();
        return Array.FindIndex(all, element => TypeOf(element) == typeof(T)) is >= 0 and var index
            ? all[index]
            : throw new NotSupportedException($"Tensors of {typeof(T).Name} are not supported; those of {string.Join(", ", all)} are.");
    }

    internal static TensorElement TensorElementOf(ElementType element) => element == ElementType.Float32 ? TensorElement.Float32 : TensorElement.UInt8;

    internal static int SizeOf(TensorElement element) => element switch
    {
        TensorElement.UInt8 => 1,
        TensorElement.Int64 => 8,
        _ => 4,
    };

    internal void Release()
    {
        _isDisposed = true;
        _block.Dispose();
    }

    internal void Abandon() => _isDisposed = true;

    private static nint[] DenseStrides(ReadOnlySpan<nint> shape, out nint elements)
    {
        nint[] strides = new nint[shape.Length];
        elements = 1;
        for (int dimension = shape.Length - 1; dimension >= 0; dimension--)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(shape[dimension], nameof(shape));
            strides[dimension] = elements;
            elements = checked(elements * shape[dimension]);
        }

        return strides;
    }

    private static Type TypeOf(TensorElement element) => element switch
    {
        TensorElement.Float32 => typeof(float),
        TensorElement.UInt8 => typeof(byte),
        TensorElement.Int32 => typeof(int),
        _ => typeof(long),
    };
}

/// <summary>How clips make a tensor.</summary>
/// <param name="Name">Of the tensor.</param>
/// <param name="Element">Of the clips.</param>
/// <param name="LengthDimension">Which dimension of a clip says how long it is.</param>
/// <param name="Samples">Of the batch.</param>
/// <param name="Clips">Of a sample.</param>
/// <param name="ClipCapacity">Clips of a sample for which there is memory.</param>
/// <param name="Squeeze">Whether the tensor has no dimension for a sample's clips.</param>
internal readonly record struct ClipsForm(string Name, ElementType Element, int LengthDimension, int Samples, int Clips, int ClipCapacity, bool Squeeze);

/// <summary>The type of one element of a batch's tensor.</summary>
public enum TensorElement
{
    /// <summary><see cref="float"/>.</summary>
    Float32,

    /// <summary><see cref="byte"/>.</summary>
    UInt8,

    /// <summary><see cref="int"/>.</summary>
    Int32,

    /// <summary><see cref="long"/>.</summary>
    Int64,
}

using System.Numerics.Tensors;

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>Sees one clip of a batch, and may change its elements in place.</summary>
/// <param name="clip">Valid during the call only.</param>
public delegate void ClipVisitor(ClipView clip);

/// <summary>One decoded clip in the batch's memory, before the batch is complete.</summary>
public readonly unsafe ref struct ClipView
{
    private readonly byte* _start;
    private readonly int[] _capacity;

    internal ClipView(string name, DecodedClip clip, byte* start, int[] capacity)
    {
        Name = name;
        Clip = clip;
        _start = start;
        _capacity = capacity;
    }

    /// <summary>The tensor that it will be part of: <c>audio</c>, <c>video</c> or <c>image</c>.</summary>
    public string Name { get; }

    /// <summary>Its shape, rate and frame times.</summary>
    public DecodedClip Clip { get; }

    /// <summary>Its elements, without padding.</summary>
    /// <typeparam name="T"><see cref="float"/> for audio, <see cref="byte"/> for pictures.</typeparam>
    /// <exception cref="InvalidCastException">It is the other type.</exception>
    public TensorSpan<T> Elements<T>()
        where T : unmanaged
    {
        if (typeof(T) != (Clip.Element == ElementType.Float32 ? typeof(float) : typeof(byte)))
        {
            throw new InvalidCastException($"The clip holds {Clip.Element}, not {typeof(T).Name}.");
        }

        nint[] lengths = [.. Clip.Shape.Select(static length => (nint)length)];
        nint[] strides = new nint[lengths.Length];
        nint stride = 1;
        for (int dimension = strides.Length - 1; dimension >= 0; dimension--)
        {
            strides[dimension] = stride;
            stride *= _capacity[dimension];
        }

        return new TensorSpan<T>((T*)_start, stride, lengths, StridedCopy.SpanStrides(lengths, strides));
    }
}

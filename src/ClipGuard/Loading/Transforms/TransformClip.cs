using System.Numerics.Tensors;
using System.Runtime.InteropServices;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// One decoded clip in the hands of a <see cref="SampleTransform"/>: valid during its call only, as are the spans that it gives. Its elements follow one
/// another without gaps or padding, the last dimension fastest.
/// </summary>
public sealed class TransformClip
{
    private readonly HeldClip _held;
    private bool _isOver;

    internal TransformClip(ClipReference reference, HeldClip held)
    {
        Reference = reference;
        _held = held;
    }

    /// <summary>The clip as the row names it.</summary>
    public ClipReference Reference { get; }

    /// <summary>Audio, video or image.</summary>
    public ClipKind Kind => _held.Kind;

    /// <summary>Which of the sample's clips of that kind, from 0: its place in the batch's tensor.</summary>
    public int Index => _held.Index;

    /// <summary>Its shape, rate and frame times, as it was decoded or replaced.</summary>
    public DecodedClip Clip => _held.Clip;

    /// <summary>Its elements in one row.</summary>
    /// <typeparam name="T"><see cref="float"/> for audio, <see cref="byte"/> for pictures.</typeparam>
    /// <exception cref="InvalidCastException">It is the other type.</exception>
    /// <exception cref="ObjectDisposedException">The hook has returned.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        Check<T>();
        return MemoryMarshal.Cast<byte, T>(_held.Payload);
    }

    /// <summary>Its elements by their dimensions, as <see cref="DecodedClip.Shape"/> has them.</summary>
    /// <typeparam name="T"><see cref="float"/> for audio, <see cref="byte"/> for pictures.</typeparam>
    /// <exception cref="InvalidCastException">It is the other type.</exception>
    /// <exception cref="ObjectDisposedException">The hook has returned.</exception>
    public TensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged
    {
        nint[] lengths = [.. Clip.Shape.Select(static length => (nint)length)];
        return new TensorSpan<T>(AsSpan<T>(), lengths);
    }

    /// <summary>
    /// Gives the clip other elements, of another shape: zeros, for the hook to fill. Spans that were taken before still have the earlier elements until the
    /// hook returns. Costs memory for both. Frame times stay where the number of frames does; otherwise there are none, unless they are given.
    /// </summary>
    /// <typeparam name="T"><see cref="float"/> for audio, <see cref="byte"/> for pictures: the type of a tensor does not change.</typeparam>
    /// <param name="shape">As many dimensions as before, each at least 1. Clips of a batch may differ in it; they are padded to the largest.</param>
    /// <param name="frameTimesSeconds">When each frame is shown; null keeps what still fits.</param>
    /// <returns>The new elements by their dimensions.</returns>
    /// <exception cref="ArgumentException">The number of dimensions or of times is another one, or a length is below 1.</exception>
    /// <exception cref="InvalidCastException">It is the other type.</exception>
    /// <exception cref="ObjectDisposedException">The hook has returned.</exception>
    public TensorSpan<T> Replace<T>(ReadOnlySpan<int> shape, IReadOnlyList<double>? frameTimesSeconds = null)
        where T : unmanaged
    {
        Check<T>();
        if (shape.Length != Clip.Shape.Count)
        {
            throw new ArgumentException(
                $"A clip of {Clip.Shape.Count} dimensions was to be replaced by one of {shape.Length}; all clips of a tensor have the same number.",
                nameof(shape));
        }

        foreach (int length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length, nameof(shape));
        }

        int frames = 1;
        foreach (int length in Kind == ClipKind.Video ? shape[..^3] : [])
        {
            frames = checked(frames * length);
        }

        if (frameTimesSeconds is not null && (Kind != ClipKind.Video || frameTimesSeconds.Count != frames))
        {
            throw new ArgumentException($"{frameTimesSeconds.Count} frame times were given for {frames} frames.", nameof(frameTimesSeconds));
        }

        _held.Replace(Clip with
        {
            Shape = shape.ToArray(),
            FrameTimesSeconds = frameTimesSeconds ?? (Clip.FrameTimesSeconds.Count == frames ? Clip.FrameTimesSeconds : []),
        });
        return AsTensorSpan<T>();
    }

    /// <summary>Ends its life: the hook has returned.</summary>
    internal void End() => _isOver = true;

    private void Check<T>()
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        if (typeof(T) != (Clip.Element == ElementType.Float32 ? typeof(float) : typeof(byte)))
        {
            throw new InvalidCastException($"The clip holds {Clip.Element}, not {typeof(T).Name}.");
        }
    }
}

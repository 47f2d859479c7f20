using System.Numerics.Tensors;
using System.Runtime.InteropServices;

using ClipGuard.Media;

namespace ClipGuard.DryRuns.SecondOpinions;

/// <summary>
/// How far what two decoders delivered lies apart: the root mean square of the differences, as a share of full scale (1 of audio, 255 of pictures), of the
/// piece in which it is largest. A piece is a tenth of a second of one channel, or one picture: the mean of a whole clip would not show a wrong picture.
/// </summary>
/// <param name="Largest">That of the worst piece; no number where a value is none.</param>
/// <param name="Piece">Where that piece begins: a sample of a channel, or the number of a frame.</param>
internal readonly record struct ValueComparison(double Largest, int Piece)
{
    private const int PiecesPerSecond = 10;
    private const int BlockBytes = 4096;
    private const double FullPicture = 255;

    /// <summary>Compares audio over the length that both have. Sample rates and numbers of channels and windows are the same.</summary>
    /// <param name="first">What one decoder delivered.</param>
    /// <param name="firstBytes">Its payload.</param>
    /// <param name="second">What the other one did.</param>
    /// <param name="secondBytes">Its payload.</param>
    public static ValueComparison OfAudio(DecodedClip first, ReadOnlySpan<byte> firstBytes, DecodedClip second, ReadOnlySpan<byte> secondBytes)
    {
        ReadOnlySpan<float> one = MemoryMarshal.Cast<byte, float>(firstBytes);
        ReadOnlySpan<float> other = MemoryMarshal.Cast<byte, float>(secondBytes);
        int length = Math.Min(first.Shape[^1], second.Shape[^1]);
        int piece = Math.Max(1, first.SampleRateHz / PiecesPerSecond);
        var worst = default(ValueComparison);
        int channels = first.Shape.SkipLast(1).Aggregate(1, static (count, dimension) => count * dimension);
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<float> left = one.Slice(channel * first.Shape[^1], length);
            ReadOnlySpan<float> right = other.Slice(channel * second.Shape[^1], length);
            for (int start = 0; start < length; start += piece)
            {
                int samples = Math.Min(piece, length - start);
                double apart = TensorPrimitives.Distance(left.Slice(start, samples), right.Slice(start, samples)) / Math.Sqrt(samples);
                worst = worst.Or(apart, start);
            }
        }

        return worst;
    }

    /// <summary>Compares pictures of the same shape.</summary>
    /// <param name="frames">How many there are.</param>
    /// <param name="first">What one decoder delivered.</param>
    /// <param name="second">What the other one did.</param>
    public static ValueComparison OfPictures(int frames, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int frameBytes = frames == 0 ? 0 : first.Length / frames;
        var worst = default(ValueComparison);
        for (int frame = 0; frame < frames; frame++)
        {
            double squares = SquaresOf(first.Slice(frame * frameBytes, frameBytes), second.Slice(frame * frameBytes, frameBytes));
            worst = worst.Or(Math.Sqrt(squares / Math.Max(1, frameBytes)) / FullPicture, frame);
        }

        return worst;
    }

    // A difference that is no number is larger than any.
    private ValueComparison Or(double apart, int piece) => double.IsNaN(Largest) || apart <= Largest ? this : new ValueComparison(apart, piece);

    private static double SquaresOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<float> left = stackalloc float[BlockBytes];
        Span<float> right = stackalloc float[BlockBytes];
        double squares = 0;
        for (int start = 0; start < first.Length; start += BlockBytes)
        {
            int length = Math.Min(BlockBytes, first.Length - start);
            TensorPrimitives.ConvertTruncating(first.Slice(start, length), left);
            TensorPrimitives.ConvertTruncating(second.Slice(start, length), right);
            float distance = TensorPrimitives.Distance<float>(left[..length], right[..length]);
            squares += (double)distance * distance;
        }

        return squares;
    }
}

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>Describes a tensor of a batch before it is made.</summary>
/// <param name="Name">Of the tensor.</param>
/// <param name="Element">Type of its elements.</param>
/// <param name="Smallest">Shape of a clip where there is none.</param>
/// <param name="LengthDimension">Which dimension of a clip says how long it is.</param>
/// <param name="ClipsPerSample">Clips of a sample, where the loader fixes them; null for as many as the largest sample has.</param>
/// <param name="MaxBytes">Most bytes once it is padded.</param>
internal sealed record TensorDescription(string Name, ElementType Element, int[] Smallest, int LengthDimension, int? ClipsPerSample, long MaxBytes)
{
    /// <summary>The shape of what ragged values are counted in: a frame, a pixel; empty for a single element.</summary>
    public int[] Unit { get; init; } = [];

    public int ElementBytes => Element == ElementType.Float32 ? sizeof(float) : sizeof(byte);

    /// <summary>The tensor that a kind of clip comes to.</summary>
    public static TensorDescription Of(LoaderOptions options, ClipKind kind, ClipSpec spec) => new(
        kind.ToString().ToLowerInvariant(),
        kind == ClipKind.Audio ? ElementType.Float32 : ElementType.UInt8,
        SpecDimensions.Smallest(spec),
        SpecDimensions.OfLength(spec),
        options.ClipsPerSample,
        options.MaxPaddedBytes)
    {
        // A hook may give clips any shape.
        Unit = options.Transform is null ? SpecDimensions.OfUnit(spec) : [],
    };
}

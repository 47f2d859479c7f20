using System.Globalization;

namespace ClipGuard.Media.Streams;

/// <summary>Frames a second as a fraction, as in 30000/1001; 0/1 where a container does not say.</summary>
/// <param name="Numerator">Not negative.</param>
/// <param name="Denominator">Positive.</param>
public readonly record struct FrameRate(int Numerator, int Denominator)
{
    // Containers round: 29.97 means 30000/1001. Rates that differ by a thousandth, as 30 and 30000/1001 do, are different rates.
    private const double Tolerance = 0.0005;

    /// <summary>True where there is a rate.</summary>
    public bool IsKnown => Numerator > 0 && Denominator > 0;

    /// <summary>True where both are the same rate within 0.05 %, or either is not known.</summary>
    public bool Fits(FrameRate other)
    {
        if (!IsKnown || !other.IsKnown)
        {
            return true;
        }

        double ours = (double)Numerator / Denominator;
        double theirs = (double)other.Numerator / other.Denominator;
        return Math.Abs(ours - theirs) <= Tolerance * Math.Max(ours, theirs);
    }

    /// <summary>As in <c>25 fps</c>.</summary>
    public override string ToString() =>
        IsKnown ? string.Create(CultureInfo.InvariantCulture, $"{(double)Numerator / Denominator:0.###} fps") : "no known frame rate";
}

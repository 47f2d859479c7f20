using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>How far two pictures are apart where they are furthest apart.</summary>
internal static class WorstDifference
{
    /// <summary>Steps of 255; the pictures must be of one size.</summary>
    public static int Of(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.That(a.Length, Is.EqualTo(b.Length));
        int worst = 0;
        for (int i = 0; i < a.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(a[i] - b[i]));
        }

        return worst;
    }
}

using ClipGuard.Media;
using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>Draws where the windows of a sample's clips lie, where the specs leave that to chance.</summary>
internal static class RandomWindowPositions
{
    private const ulong Purpose = 0x3F1D;

    /// <summary>The spec of one clip, with the positions that were drawn; the same spec where nothing is to be drawn.</summary>
    /// <param name="spec">What clips of the kind become.</param>
    /// <param name="seed">Of the loader.</param>
    /// <param name="epoch">0-based.</param>
    /// <param name="position">Of the sample in the epoch.</param>
    /// <param name="substitute">0 for the sample's own row, n for its n-th substitute.</param>
    /// <param name="index">
    /// Which of the sample's clips of the kind it is. The kind itself does not count, so that as many windows of a video's sound lie where those of its
    /// pictures do.
    /// </param>
    public static ClipSpec Of(ClipSpec spec, ulong seed, int epoch, long position, int substitute, int index)
    {
        double[] Positions(int count)
        {
            ulong place = StableHash.Of(StableHash.Of(seed, Purpose, (ulong)epoch), (ulong)position, (ulong)substitute, (ulong)index);
            var random = new SeededRandom(place);
            return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble()).Order()];
        }

        return spec switch
        {
            AudioSpec { Windows: { AtRandom: true } windows } audio =>
                audio with { Windows = windows with { AtRandom = false, Positions = Positions(windows.Count) } },
            VideoSpec { Selection: WindowFrames { AtRandom: true } windows } video =>
                video with { Selection = windows with { AtRandom = false, Positions = Positions(windows.Count) } },
            _ => spec,
        };
    }
}

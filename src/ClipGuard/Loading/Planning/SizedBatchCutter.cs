namespace ClipGuard.Loading;

/// <summary>Cuts samples that are sorted by size into batches. Nothing but arithmetic.</summary>
internal static class SizedBatchCutter
{
    /// <summary>
    /// Cuts from the largest sample on: each batch takes as many samples as its bounds allow. Then the batches with the most samples are halved until their
    /// number is a multiple of the ranks', so that every rank gets equally many; where all have a single sample that cannot be.
    /// </summary>
    /// <param name="sizes">Ascending.</param>
    /// <param name="bounds">What a batch may come to.</param>
    /// <param name="world">Number of ranks.</param>
    /// <returns>The batches as ranges of the samples, from the smallest samples to the largest.</returns>
    public static List<(int First, int End)> Cut(ReadOnlySpan<double> sizes, BatchBySizeState bounds, int world)
    {
        var batches = new List<(int First, int End)>();
        for (int end = sizes.Length; end > 0; end = batches[^1].First)
        {
            int first = end - 1;
            double sum = sizes[first];
            while (first > 0 && end - first < bounds.MaxSamples)
            {
                double grown = bounds.CountsPadding ? sizes[end - 1] * (end - first + 1) : sum + sizes[first - 1];
                if (grown > bounds.MaxSize)
                {
                    break;
                }

                sum = grown;
                first--;
            }

            batches.Add((first, end));
        }

        batches.Reverse();
        while (batches.Count % world != 0 && Halve(batches))
        {
        }

        return batches;
    }

    private static bool Halve(List<(int First, int End)> batches)
    {
        int most = 0;
        for (int number = 1; number < batches.Count; number++)
        {
            most = batches[number].End - batches[number].First > batches[most].End - batches[most].First ? number : most;
        }

        (int first, int end) = batches[most];
        if (end - first < 2)
        {
            return false;
        }

        int middle = first + ((end - first) / 2);
        batches[most] = (first, middle);
        batches.Insert(most + 1, (middle, end));
        return true;
    }
}

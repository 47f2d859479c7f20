namespace ClipGuard.Loading;

/// <summary>Copies, moves and pads clips that lie in memory at equal strides. Shapes have one length a dimension, outermost first.</summary>
internal static unsafe class StridedCopy
{
    /// <summary>Elements that a shape comes to.</summary>
    public static long Elements(ReadOnlySpan<int> shape)
    {
        long elements = 1;
        foreach (int length in shape)
        {
            elements = checked(elements * length);
        }

        return elements;
    }

    /// <summary>Strides as tensor spans want them: 0 along dimensions that have at most one index.</summary>
    public static nint[] SpanStrides(ReadOnlySpan<nint> shape, ReadOnlySpan<nint> strides)
    {
        nint[] result = strides.ToArray();
        for (int dimension = 0; dimension < result.Length; dimension++)
        {
            result[dimension] = shape[dimension] <= 1 ? 0 : result[dimension];
        }

        return result;
    }

    /// <summary>
    /// Copies a tensor of one shape from memory laid out for a shape at least as large to memory laid out for another. Source and target may be in one block
    /// where they do not overlap.
    /// </summary>
    public static void Copy(
        byte* source, ReadOnlySpan<int> sourceCapacity, byte* target, ReadOnlySpan<int> targetCapacity, ReadOnlySpan<int> shape, int elementBytes)
    {
        // Trailing dimensions that fill both layouts are contiguous and copied at once.
        int dimension = shape.Length - 1;
        long run = elementBytes;
        while (dimension > 0 && shape[dimension] == sourceCapacity[dimension] && shape[dimension] == targetCapacity[dimension])
        {
            run *= shape[dimension--];
        }

        run = dimension >= 0 ? run * shape[dimension] : run;
        CopyRuns(source, sourceCapacity, target, targetCapacity, shape, Math.Max(dimension, 0), run, elementBytes, 0);
    }

    /// <summary>Writes zeros into the part of a larger shape that a clip does not fill, in memory laid out for a capacity.</summary>
    public static void Pad(byte* clip, ReadOnlySpan<int> capacity, ReadOnlySpan<int> own, ReadOnlySpan<int> whole, int elementBytes)
    {
        if (own.Length == 0)
        {
            return;
        }

        long stride = Elements(capacity[1..]) * elementBytes;

        // Most clips are shorter in the outermost dimension only: then the inner dimensions need no padding.
        bool isShortWithin = !own[1..].SequenceEqual(whole[1..]);
        for (int i = 0; isShortWithin && i < own[0]; i++)
        {
            Pad(clip + (i * stride), capacity[1..], own[1..], whole[1..], elementBytes);
        }

        Clear(clip + (own[0] * stride), (whole[0] - own[0]) * stride);
    }

    public static void Clear(byte* start, long bytes)
    {
        for (long done = 0; done < bytes; done += int.MaxValue)
        {
            new Span<byte>(start + done, (int)Math.Min(int.MaxValue, bytes - done)).Clear();
        }
    }

    private static void CopyRuns(
        byte* source, ReadOnlySpan<int> sourceCapacity, byte* target, ReadOnlySpan<int> targetCapacity, ReadOnlySpan<int> shape,
        int runDimension, long run, int elementBytes, int dimension)
    {
        if (dimension >= runDimension)
        {
            Buffer.MemoryCopy(source, target, run, run);
            return;
        }

        long sourceStride = Elements(sourceCapacity[(dimension + 1)..]) * elementBytes;
        long targetStride = Elements(targetCapacity[(dimension + 1)..]) * elementBytes;
        for (int i = 0; i < shape[dimension]; i++)
        {
            CopyRuns(
                source + (i * sourceStride),
                sourceCapacity,
                target + (i * targetStride),
                targetCapacity,
                shape,
                runDimension,
                run,
                elementBytes,
                dimension + 1);
        }
    }
}

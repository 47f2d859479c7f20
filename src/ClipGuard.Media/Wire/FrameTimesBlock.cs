namespace ClipGuard.Media.Wire;

/// <summary>
/// Presentation times on their way to the supervisor: 64-bit floats in the shared memory, behind the payload, at the next multiple of 8 bytes.
/// As many frames as a clip can have do not fit in a message.
/// </summary>
internal static unsafe class FrameTimesBlock
{
    /// <summary>Bytes from the payload's start to the end of its times.</summary>
    /// <param name="payloadBytes">Bytes of the payload.</param>
    /// <param name="count">How many times.</param>
    /// <exception cref="OverflowException">They do not fit in 63 bits.</exception>
    public static long End(long payloadBytes, int count) => count == 0 ? payloadBytes : checked(Start(payloadBytes) + ((long)count * sizeof(double)));

    /// <summary>Writes the times.</summary>
    /// <param name="payload">First byte of the payload, aligned to 8.</param>
    /// <param name="payloadBytes">Bytes of the payload.</param>
    /// <param name="capacity">Bytes that payload and times may take together.</param>
    /// <param name="times">The times.</param>
    /// <returns>False, with nothing written, where they do not fit.</returns>
    public static bool TryWrite(byte* payload, long payloadBytes, long capacity, IReadOnlyList<double> times)
    {
        if (End(payloadBytes, times.Count) > capacity)
        {
            return false;
        }

        double* block = (double*)(payload + Start(payloadBytes));
        for (int i = 0; i < times.Count; i++)
        {
            block[i] = times[i];
        }

        return true;
    }

    /// <summary>Reads the times that a helper wrote; that they fit was checked before.</summary>
    public static double[] Read(byte* payload, long payloadBytes, int count) => new ReadOnlySpan<double>(payload + Start(payloadBytes), count).ToArray();

    private static long Start(long payloadBytes) => checked(payloadBytes + sizeof(double) - 1) / sizeof(double) * sizeof(double);
}

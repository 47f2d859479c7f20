namespace ClipGuard.Media;

/// <summary>
/// The memory that one decode writes its result to: a fixed range of shared memory, filled from its start.
/// Pages that nobody writes to cost nothing, so the range is as long as the limit allows.
/// </summary>
public sealed unsafe class PayloadBuffer
{
    private readonly byte* _start;

    /// <summary>A buffer over memory that outlives it.</summary>
    /// <param name="start">First byte; aligned to 64 bytes at least.</param>
    /// <param name="capacity">Bytes that may be written.</param>
    public PayloadBuffer(byte* start, long capacity)
    {
        _start = start;
        Capacity = capacity;
    }

    /// <summary>Bytes that may be written.</summary>
    public long Capacity { get; }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the next <paramref name="bytes"/> bytes.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="memory">Where they begin.</param>
    /// <returns>False, with nothing taken, where they would go over <see cref="Capacity"/>.</returns>
    public bool TryTake(long bytes, out byte* memory)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        memory = _start + Length;
        if (bytes > Capacity - Length)
        {
            return false;
        }

        Length += bytes;
        return true;
    }

    /// <summary>Gives back what was taken and not used.</summary>
    /// <param name="length">Bytes to keep, from the start; at most <see cref="Length"/>.</param>
    public void Trim(long length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>The first byte of the payload.</summary>
    public byte* Start => _start;
}

namespace ClipGuard.Loading;

/// <summary>
/// Where batches are built: pinned arrays that are used again by default, page-locked memory where an adapter supplies it.
/// Any number of threads.
/// </summary>
public abstract class BatchMemory
{
    /// <summary>Takes a block of at least so many bytes. What it holds is not defined.</summary>
    /// <param name="bytes">Positive.</param>
    /// <param name="element">What it will hold, for memory that has a type.</param>
    /// <exception cref="InvalidOperationException">There is no block that large.</exception>
    public abstract BatchBlock Rent(long bytes, TensorElement element);
}

/// <summary>A block of memory that does not move. Whoever holds it owns it, and returns it by disposing it: once, and after the last use.</summary>
public abstract class BatchBlock : IDisposable
{
    /// <summary>First byte; aligned to 64 bytes.</summary>
    public abstract nint Address { get; }

    /// <summary>Bytes that may be used.</summary>
    public abstract long Capacity { get; }

    /// <summary>Gives the block back. Calling it again does nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the block back.</summary>
    /// <param name="disposing">True where it is <see cref="Dispose()"/> that calls.</param>
    protected abstract void Dispose(bool disposing);
}

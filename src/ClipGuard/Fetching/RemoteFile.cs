namespace ClipGuard.Fetching;

/// <summary>
/// An object at an address, read in ranges. All of them are of the version that was there when it was opened: where it has changed since, they fail. Any number
/// of threads.
/// </summary>
internal sealed class RemoteFile
{
    /// <summary>Bytes that the first request brings along, and the least that any brings.</summary>
    public const int LeastBytes = 64 << 10;

    // Within it so many waits for the server may end that this is a matter of a slow server, and not of one that trickles.
    private const int WaitsOfRange = 10;

    private readonly RetryingFetch _fetch;
    private readonly Uri _address;
    private readonly RecentBlocks _recent;

    private RemoteFile(RetryingFetch fetch, Uri address, RecentBlocks recent, long length, string? version)
    {
        _fetch = fetch;
        _address = address;
        _recent = recent;
        Length = length;
        Version = version;
    }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>As <see cref="FetchAnswer.Version"/>; null where the server tells none, and a change shows only where the length changes too.</summary>
    public string? Version { get; }

    public Uri Address => _address;

    /// <summary>Looks what is there, and reads its first bytes.</summary>
    /// <param name="fetch">Asks for it.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="recent">Where blocks are kept that may be wanted again.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="FetchException">It cannot be had.</exception>
    public static async Task<RemoteFile> OpenAsync(RetryingFetch fetch, Uri address, RecentBlocks recent, CancellationToken cancellation)
    {
        var request = new FetchRequest(address) { Length = LeastBytes };
        FetchResult result = await fetch.FetchAsync(request, LimitsFor(fetch, LeastBytes), cancellation).ConfigureAwait(false);
        if (result.Failure is { Kind: FetchFailureKind.BehindEnd })
        {
            // Nothing has no first byte.
            return new RemoteFile(fetch, address, recent, 0, null);
        }

        if (result.Failure is { } failure)
        {
            throw new FetchException(failure, $"{failure.Reason}.");
        }

        ReadOnlyMemory<byte> start = result.Bytes!.Value;
        long length = result.ObjectLength ?? (start.Length < LeastBytes ? start.Length : throw new FetchException(
            new FetchFailure(FetchFailureKind.Unsupported, "its server does not say how long it is"), "its server does not say how long it is."));
        var file = new RemoteFile(fetch, address, recent, length, result.Version);
        recent.Add(file, 0, start);
        return file;
    }

    /// <summary>A block of bytes that begins at a place or holds it.</summary>
    /// <param name="offset">Within the object.</param>
    /// <param name="wanted">Bytes that are asked for where the place has not been read lately, up to the object's end.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="FetchException">It cannot be had.</exception>
    public async ValueTask<RemoteBlock> BlockAsync(long offset, int wanted, CancellationToken cancellation)
    {
        if (_recent.Find(this, offset) is { } known)
        {
            return known;
        }

        ReadOnlyMemory<byte> bytes = await FetchAsync(offset, (int)Math.Min(wanted, Length - offset), cancellation).ConfigureAwait(false);
        return _recent.Add(this, offset, bytes);
    }

    /// <summary>Reads bytes from a place on, as many as there are.</summary>
    /// <exception cref="FetchException">They cannot be had.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation)
    {
        int count = (int)Math.Max(0, Math.Min(buffer.Length, Length - offset));
        if (count > 0)
        {
            ReadOnlyMemory<byte> bytes = _recent.Find(this, offset) is { } known && known.End >= offset + count
                ? known.Bytes.Slice((int)(offset - known.Offset), count)
                : await FetchAsync(offset, count, cancellation).ConfigureAwait(false);
            bytes.CopyTo(buffer);
        }

        return count;
    }

    private static FetchLimits LimitsFor(RetryingFetch fetch, int bytes) => new(WaitsOfRange * fetch.Options.WaitLimit, bytes) { IsPatient = true };

    private async Task<ReadOnlyMemory<byte>> FetchAsync(long offset, int count, CancellationToken cancellation)
    {
        var request = new FetchRequest(_address) { Offset = offset, Length = count, Version = Version };
        FetchResult result = await _fetch.FetchAsync(request, LimitsFor(_fetch, count), cancellation).ConfigureAwait(false);
        FetchFailure? failure = result.Failure is { Kind: not FetchFailureKind.BehindEnd } failed ? failed
            : result.Failure is not null || result.Bytes!.Value.Length < count || (result.ObjectLength ?? Length) != Length
                ? new FetchFailure(FetchFailureKind.Changed, "it has changed since it was opened")
            : null;
        return failure is null ? result.Bytes!.Value : throw new FetchException(failure, $"{failure.Reason}.");
    }
}

/// <summary>A piece of an object.</summary>
/// <param name="Offset">Where it begins within the object.</param>
/// <param name="Bytes">The bytes.</param>
internal sealed record RemoteBlock(long Offset, ReadOnlyMemory<byte> Bytes)
{
    public long End => Offset + Bytes.Length;
}

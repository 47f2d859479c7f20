namespace ClipGuard.Loading;

/// <summary>
/// Bounds what is made ahead of the consumer, in batches and in bytes. A batch counts with the bytes that it holds; until it is complete it counts with at
/// least the size of the last batch that was completed. Before the first clip came no size is known: then two batches may begin, not one, so that a clip
/// which hangs does not hold up everything. One task at a time may enter.
/// </summary>
internal sealed class PrefetchGate(int maxBatches, long maxBytes)
{
    private const int BatchesOfUnknownSize = 2;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private int _batches;
    private long _bytes;
    private long? _expected;

    /// <summary>Bytes that batches count with now.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Waits until one more batch may be begun.</summary>
    public async ValueTask<Reservation> EnterAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                bool hasRoom = _expected is { } bytes ? _bytes + bytes <= maxBytes : _batches < BatchesOfUnknownSize;
                if (_batches == 0 || (_batches < maxBatches && hasRoom))
                {
                    _batches++;
                    return new Reservation(this, _expected ?? 0);
                }

                _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _waiting.Task;
            }

            await wait.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    // To be called under the lock, since the bytes that one batch counts with and the sum of all must change together.
    private void Count(Reservation reservation, long bytes)
    {
        _bytes += bytes - reservation.Counted;
        LoaderTelemetry.Ahead(bytes - reservation.Counted);
        reservation.Counted = bytes;
        _waiting?.TrySetResult();
        _waiting = null;
    }

    /// <summary>One batch's share of the bounds. Any number of threads.</summary>
    internal sealed class Reservation
    {
        private readonly PrefetchGate _owner;
        private readonly long _expected;
        private long _held;
        private long _reserved;
        private bool _isComplete;
        private bool _hasLeft;

        public Reservation(PrefetchGate owner, long expected)
        {
            _owner = owner;
            _expected = expected;
            owner.Count(this, expected);
        }

        public long Counted { get; set; }

        /// <summary>Changes the bytes that the batch's tensors hold.</summary>
        /// <param name="bytes">How many more, or fewer.</param>
        public void Held(long bytes)
        {
            lock (_owner._gate)
            {
                _held += bytes;
                _owner._expected = _isComplete ? _owner._expected : Math.Max(_owner._expected ?? 0, _held);
                Count();
            }
        }

        /// <summary>Adds bytes that are held beside the tensors until the batch is complete: those of substitutes that may not be needed.</summary>
        public void Reserve(long bytes)
        {
            lock (_owner._gate)
            {
                _reserved += bytes;
                Count();
            }
        }

        /// <summary>The batch is complete: from now on it counts with the bytes of its tensors, and they are the expected size of the next batches.</summary>
        public void Complete()
        {
            lock (_owner._gate)
            {
                _isComplete = true;
                _reserved = 0;
                _owner._expected = _held;
                Count();
            }
        }

        /// <summary>The consumer has taken the batch, or never will. Calling it again does nothing.</summary>
        /// <returns>Whether it was the first call.</returns>
        public bool Leave()
        {
            lock (_owner._gate)
            {
                if (_hasLeft)
                {
                    return false;
                }

                _owner._batches--;
                _owner.Count(this, 0);
                _hasLeft = true;
                return true;
            }
        }

        private void Count()
        {
            if (!_hasLeft)
            {
                _owner.Count(this, _isComplete ? _held : Math.Max(_expected, _held) + _reserved);
            }
        }
    }
}

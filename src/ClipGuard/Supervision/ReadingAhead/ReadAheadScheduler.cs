using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision.Fetching;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// Reads clips that have been announced, so that their bytes are there when they are decoded. It finds no faults: where a file cannot be read whole, as it was
/// and as a regular file, its decode gets the path, and what the helper then finds counts. A fetch that failed has failed, though: what came of it is the
/// decode's.
/// </summary>
/// <remarks>
/// Files are read by <see cref="ReadAheadThreads"/>, addresses by <see cref="ReadAheadFetches"/>. For a read that the storage does not bring back the decode
/// waits for a while, then goes by the path, where its helper waits and may be killed. Any number of threads may call this.
/// </remarks>
internal sealed class ReadAheadScheduler : IAsyncDisposable
{
    // The lock of everything here, and of what is in these fields.
    private readonly Lock _gate = new();
    private readonly bool _always;
    private readonly ReadAheadMetrics _metrics = new();
    private readonly ReadAheadBudget _budget;
    private readonly ReadAheadSwitch _switch = new();
    private readonly StorageStallDetector _silence;
    private readonly ReadAheadThreads _files;
    private readonly ReadAheadFetches _addresses;
    private readonly HashSet<ReadAheadClip> _live = [];
    private bool _disposed;

    /// <summary>Reads nothing before something is announced.</summary>
    /// <param name="options">The bounds; <see cref="ReadAheadOptions.Reads"/> is positive.</param>
    /// <param name="fetcher">Fetches clips at addresses; stays its owner's.</param>
    /// <param name="patience">How long a decode waits for a file of which nothing comes.</param>
    /// <param name="beforeReading">Called on a reading thread before it opens a file: for tests; null for nothing.</param>
    public ReadAheadScheduler(ReadAheadOptions options, ClipFetcher fetcher, TimeSpan patience, Action<FileSource>? beforeReading = null)
    {
        _always = options.Always;
        _budget = new ReadAheadBudget(options.Bytes, _metrics);
        _silence = new StorageStallDetector(patience, Stopwatch.GetTimestamp());
        _files = new ReadAheadThreads(_gate, options, _budget, _metrics, _switch, _silence, beforeReading);
        _addresses = new ReadAheadFetches(_gate, options.Reads, fetcher, _budget, _metrics);
        _budget.RoomMade += _addresses.Begin;
    }

    /// <summary>
    /// Whether files are read ahead. False where this process may read what its helpers may not: a clip must not be data or unsettled by how fast storage is.
    /// </summary>
    public bool ReadsFiles { get; init; } = true;

    /// <summary>What came of it so far.</summary>
    public ReadAheadReport Report
    {
        get
        {
            lock (_gate)
            {
                return _metrics.Report;
            }
        }
    }

    /// <summary>A clip is going to be decoded soon.</summary>
    /// <param name="source">Where it lies.</param>
    /// <returns>The clip, which the caller disposes; null where it is not read ahead.</returns>
    public IReadAheadClip? Announce(ClipSource source)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            switch (source)
            {
                case FileSource when ReadsFiles && !_disposed && (_switch.IsOn || _always) && !_silence.IsStuck(now):
                    var file = new ReadAheadClip(source, now, Release);
                    _live.Add(file);
                    _files.Add(file);
                    return file;
                case RemoteSource when !_disposed:
                    var address = new ReadAheadClip(source, now, Release) { Stop = new CancellationTokenSource() };
                    _live.Add(address);
                    _addresses.Add(address);
                    return address;
                default:
                    return null;
            }
        }
    }

    /// <summary>A decode begins: waits until the clip is there, or is to be read by the decode itself.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, or the fetch was ended.</exception>
    public async ValueTask<ReadAheadResult> TakeAsync(ReadAheadClip clip, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        Want(clip);
        while (!clip.Done.IsCompleted)
        {
            if (clip.Stop is not null)
            {
                await clip.Done.WaitAsync(cancellation).ConfigureAwait(false);
            }
            else if (TimeLeft(clip) is { } left && left > TimeSpan.Zero)
            {
                await clip.Done.WaitAsync(left, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellation.ThrowIfCancellationRequested();
            }
            else
            {
                GiveUp(clip);
                break;
            }
        }

        lock (_gate)
        {
            _metrics.CountWait(Stopwatch.GetElapsedTime(began));
            if (clip.Failure is { } failure)
            {
                throw failure;
            }

            if (clip.Bytes is not { } bytes)
            {
                return new ReadAheadResult(clip.Original, clip.Fetched);
            }

            _metrics.CountTaken(bytes.Length);
            string name = clip.Original is FileSource file ? Path.GetFileName(file.Path) : string.Empty;
            var source = new DescriptorSource(name, 0, bytes.Length) { Descriptor = bytes.Descriptor, Shown = clip.Original.ToString() };
            return new ReadAheadResult(source, Fetched: null) { Object = clip.Object };
        }
    }

    /// <summary>A decode has read a file for itself.</summary>
    public void Decoded(TimeSpan waitedForBytes, long bytes)
    {
        lock (_gate)
        {
            _switch.Decoded(waitedForBytes, bytes);
        }
    }

    /// <summary>Ends all reads and gives back what is held. Reads that the storage does not bring back are left to themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        ReadAheadClip[] live;
        Task addresses;
        lock (_gate)
        {
            _disposed = true;
            live = [.. _live];
            _files.Stop();
            addresses = _addresses.Stop();
        }

        Array.ForEach(live, Release);
        await addresses.ConfigureAwait(false);
        await _files.DisposeAsync().ConfigureAwait(false);
    }

    // Nobody takes the clip any more: what it holds is given back. Calling it again does nothing.
    private void Release(ReadAheadClip clip)
    {
        SealedBytes? bytes;
        lock (_gate)
        {
            if (clip.IsReleased)
            {
                return;
            }

            clip.IsReleased = true;
            clip.Node.List?.Remove(clip.Node);
            _live.Remove(clip);
            bytes = clip.Bytes;
            clip.Bytes = null;
            _budget.GiveBack(clip, isUnused: bytes is not null && !clip.IsWanted);
            clip.End();
        }

        bytes?.Dispose();
        clip.Stop?.Cancel();
    }

    private TimeSpan TimeLeft(ReadAheadClip clip)
    {
        lock (_gate)
        {
            return _silence.TimeLeft(clip, Stopwatch.GetTimestamp());
        }
    }

    private void Want(ReadAheadClip clip)
    {
        lock (_gate)
        {
            clip.IsWanted = true;
            if (clip.Node.List is { } queue)
            {
                queue.Remove(clip.Node);
                queue.AddFirst(clip.Node);
            }

            _budget.MakeRoomKnown();
        }
    }

    private void GiveUp(ReadAheadClip clip)
    {
        lock (_gate)
        {
            if (!clip.IsReleased && clip.Node.List is null)
            {
                _metrics.CountStuck();
            }
        }

        Release(clip);
    }
}

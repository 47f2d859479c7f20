using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.Metrics;

using ClipGuard.Media;
using ClipGuard.Supervision.Fetching;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// Reads clips that have been announced, so that their bytes are there when they are decoded. It finds no faults: where a file cannot be read whole, as it was
/// and as a regular file, its decode gets the path, and what the helper then finds counts. A fetch that failed has failed, though: what came of it is the
/// decode's.
/// </summary>
/// <remarks>
/// Files are read by a bounded number of threads, started as they are needed. A read that the storage does not bring back holds up its thread and its clip:
/// the decode waits for a while, then goes by the path, where its helper waits and may be killed. Any number of threads may call this.
/// </remarks>
internal sealed class ReadAhead : IAsyncDisposable
{
    private const int BufferBytes = 1 << 20;
    private const int LargestShare = 4;

    private static readonly TimeSpan ThreadIdleTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private static readonly UpDownCounter<long> BytesHeldNow = ClipGuardTelemetry.Meter.CreateUpDownCounter<long>(
        "clipguard.read_ahead.bytes", "By", "Encoded bytes that are held ahead of their decodes.");
    private static readonly UpDownCounter<long> ReadsNow = ClipGuardTelemetry.Meter.CreateUpDownCounter<long>(
        "clipguard.read_ahead.reads", "{read}", "Reads and fetches of clips in flight ahead of their decodes.");
    private static readonly Counter<double> WaitedSeconds = ClipGuardTelemetry.Meter.CreateCounter<double>(
        "clipguard.read_ahead.wait", "s", "Time that decodes waited for clips which were being read ahead.");
    private static readonly Counter<long> UnusedBytes = ClipGuardTelemetry.Meter.CreateCounter<long>(
        "clipguard.read_ahead.unused", "By", "Encoded bytes that were read ahead and never decoded.");

    private readonly ReadAheadOptions _options;
    private readonly ClipFetcher _fetcher;
    private readonly TimeSpan _patience;
    private readonly Action<FileSource>? _beforeReading;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly LinkedList<AheadClip> _files = [];
    private readonly LinkedList<AheadClip> _addresses = [];
    private readonly HashSet<AheadClip> _live = [];
    private readonly HashSet<Task> _fetches = [];
    private readonly ReadAheadGauge _gauge = new();
    private readonly TaskCompletionSource _threadsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Replaced whenever room has become free.
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadAheadReport _report = new();
    private long _held;
    private long _heardAt = Stopwatch.GetTimestamp();
    private int _threads;
    private int _idle;
    private int _reading;
    private int _fetching;
    private bool _disposed;

    /// <summary>Reads nothing before something is announced.</summary>
    /// <param name="options">The bounds; <see cref="ReadAheadOptions.Reads"/> is positive.</param>
    /// <param name="fetcher">Fetches clips at addresses; stays its owner's.</param>
    /// <param name="patience">How long a decode waits for a file of which nothing comes.</param>
    /// <param name="beforeReading">Called on a reading thread before it opens a file: for tests; null for nothing.</param>
    public ReadAhead(ReadAheadOptions options, ClipFetcher fetcher, TimeSpan patience, Action<FileSource>? beforeReading = null)
    {
        _beforeReading = beforeReading;
        _options = options;
        _fetcher = fetcher;
        _patience = patience;
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
                return _report with { BytesHeld = _held, InFlightCount = _reading + _fetching };
            }
        }
    }

    /// <summary>A clip is going to be decoded soon.</summary>
    /// <param name="source">Where it lies.</param>
    /// <returns>The clip, which the caller disposes; null where it is not read ahead.</returns>
    public IAheadClip? Announce(ClipSource source)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            switch (source)
            {
                case FileSource when ReadsFiles && !_disposed && (_gauge.IsOn || _options.Always) && !IsStuck(now):
                    var file = new AheadClip(this, source, now);
                    _live.Add(file);
                    _files.AddLast(file.Node);
                    if (_idle < _files.Count && _threads < _options.Reads)
                    {
                        _threads++;
                        new Thread(ReadFiles) { IsBackground = true, Name = "clipguard-ahead" }.Start();
                    }

                    _work.Release();
                    return file;
                case RemoteSource when !_disposed:
                    var address = new AheadClip(this, source, now) { Stop = new CancellationTokenSource() };
                    _live.Add(address);
                    _addresses.AddLast(address.Node);
                    BeginFetches();
                    return address;
                default:
                    return null;
            }
        }
    }

    /// <summary>A decode begins: waits until the clip is there, or is to be read by the decode itself.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, or the fetch was ended.</exception>
    public async ValueTask<AheadBytes> TakeAsync(AheadClip clip, CancellationToken cancellation)
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

        TimeSpan waited = Stopwatch.GetElapsedTime(began);
        WaitedSeconds.Add(waited.TotalSeconds);
        lock (_gate)
        {
            _report = _report with { Waited = _report.Waited + waited };
            if (clip.Failure is { } failure)
            {
                throw failure;
            }

            if (clip.Fetched is { } fetched)
            {
                return new AheadBytes(clip.Original, fetched, waited);
            }

            if (clip.Bytes is not { } bytes)
            {
                return new AheadBytes(clip.Original, null, waited);
            }

            _report = _report with { ClipCount = _report.ClipCount + 1, Bytes = _report.Bytes + bytes.Length };
            string name = clip.Original is FileSource file ? Path.GetFileName(file.Path) : string.Empty;
            var source = new DescriptorSource(name, 0, bytes.Length) { Descriptor = bytes.Descriptor, Shown = clip.Original.ToString() };
            return new AheadBytes(source, null, waited) { Object = clip.Object };
        }
    }

    /// <summary>A decode has read a file for itself.</summary>
    public void Decoded(TimeSpan waitedForBytes, long bytes)
    {
        lock (_gate)
        {
            _gauge.Decoded(waitedForBytes, bytes);
        }
    }

    /// <summary>Nobody takes the clip any more: what it holds is given back. Calling it again does nothing.</summary>
    public void Release(AheadClip clip)
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
            GiveBack(clip, isUnused: bytes is not null && !clip.IsWanted);
            clip.End();
        }

        bytes?.Dispose();
        clip.Stop?.Cancel();
    }

    /// <summary>Ends all reads and gives back what is held. Reads that the storage does not bring back are left to themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        AheadClip[] live;
        Task[] fetches;
        lock (_gate)
        {
            _disposed = true;
            live = [.. _live];
            fetches = [.. _fetches];
            _work.Release(_options.Reads);
            if (_threads == 0)
            {
                _threadsEnded.TrySetResult();
            }
        }

        Array.ForEach(live, Release);
        await Task.WhenAll(fetches).ConfigureAwait(false);
        await _threadsEnded.Task.WaitAsync(EndPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Storage that has brought nothing for a while: more reads would only wait beside those that do.
    private bool IsStuck(long now) => _reading > 0 && Stopwatch.GetElapsedTime(_heardAt, now) > _patience;

    private TimeSpan TimeLeft(AheadClip clip)
    {
        lock (_gate)
        {
            // A clip in the queue waits for reads of others.
            long heardAt = clip.Node.List is null ? clip.HeardAt : Math.Max(clip.HeardAt, _heardAt);
            return _patience - Stopwatch.GetElapsedTime(heardAt);
        }
    }

    private void Want(AheadClip clip)
    {
        lock (_gate)
        {
            clip.IsWanted = true;
            if (clip.Node.List is { } queue)
            {
                queue.Remove(clip.Node);
                queue.AddFirst(clip.Node);
                BeginFetches();
            }

            MakeRoomKnown();
        }
    }

    private void GiveUp(AheadClip clip)
    {
        lock (_gate)
        {
            if (!clip.IsReleased && clip.Node.List is null)
            {
                _report = _report with { StuckCount = _report.StuckCount + 1 };
            }
        }

        Release(clip);
    }

    private void MakeRoomKnown()
    {
        _room.TrySetResult();
        _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Take(AheadClip clip, long bytes)
    {
        clip.Reserved = bytes;
        _held += bytes;
        BytesHeldNow.Add(bytes);
    }

    private void GiveBack(AheadClip clip, bool isUnused)
    {
        if (isUnused)
        {
            _report = _report with { UnusedBytes = _report.UnusedBytes + clip.Reserved };
            UnusedBytes.Add(clip.Reserved);
        }

        _held -= clip.Reserved;
        BytesHeldNow.Add(-clip.Reserved);
        clip.Reserved = 0;
        MakeRoomKnown();
        BeginFetches();
    }

    private void ReadFiles()
    {
        byte[]? buffer = null;
        while (Next() is { } clip)
        {
            buffer ??= GC.AllocateUninitializedArray<byte>((int)Math.Min(BufferBytes, _options.Bytes));
            SealedBytes? bytes = null;
            try
            {
                bytes = Read(clip, buffer);
            }
            catch (Win32Exception)
            {
                // No memory or no descriptors: the helper reads the clip, and says what is the matter.
            }

            bool isKept;
            lock (_gate)
            {
                isKept = bytes is not null && !clip.IsReleased;
                if (isKept)
                {
                    clip.Bytes = bytes;
                }
                else
                {
                    GiveBack(clip, isUnused: bytes is not null);
                }

                clip.End();
            }

            if (!isKept)
            {
                bytes?.Dispose();
            }
        }
    }

    // The next clip that is to be read; null where the thread is to end.
    private AheadClip? Next()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_disposed && _files.First is { } first)
                {
                    _files.RemoveFirst();
                    return first.Value;
                }

                if (_disposed)
                {
                    EndThread();
                    return null;
                }

                _idle++;
            }

            bool isAsked = _work.Wait(ThreadIdleTime);
            lock (_gate)
            {
                _idle--;
                if (!isAsked && _files.Count == 0)
                {
                    EndThread();
                    return null;
                }
            }
        }
    }

    private void EndThread()
    {
        if (--_threads == 0 && _disposed)
        {
            _threadsEnded.TrySetResult();
        }
    }

    private SealedBytes? Read(AheadClip clip, byte[] buffer)
    {
        long began = Stopwatch.GetTimestamp();
        Begin(clip, began);
        try
        {
            _beforeReading?.Invoke((FileSource)clip.Original);
            using FileReading? reading = FileReading.Open((FileSource)clip.Original, Math.Max(1, _options.Bytes / LargestShare));
            TimeSpan opened = Stopwatch.GetElapsedTime(began);
            if (reading is null || !WaitForRoom(clip, reading.Length))
            {
                return null;
            }

            long from = Stopwatch.GetTimestamp();
            SealedBytes? bytes = reading.Read(buffer, () => Hear(clip));
            if (bytes is not null)
            {
                lock (_gate)
                {
                    _gauge.ReadAhead(opened + Stopwatch.GetElapsedTime(from), bytes.Length);
                }
            }

            return bytes;
        }
        finally
        {
            lock (_gate)
            {
                _heardAt = Stopwatch.GetTimestamp();
                CountReading(-1);
            }
        }
    }

    private void Begin(AheadClip clip, long now)
    {
        lock (_gate)
        {
            clip.ReadBeganAt = clip.HeardAt = now;
            _heardAt = _reading == 0 ? now : _heardAt;
            CountReading(1);
        }
    }

    private void Hear(AheadClip clip)
    {
        lock (_gate)
        {
            clip.HeardAt = _heardAt = Stopwatch.GetTimestamp();
        }
    }

    private void CountReading(int change)
    {
        _reading += change;
        ReadsNow.Add(change);
    }

    // A clip that is wanted gets its room at once: the room may be held by later ones, whose decodes stand behind it. So the bound is exceeded by as many clips
    // as there are decodes at a time, and no more.
    private bool WaitForRoom(AheadClip clip, long bytes)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (clip.IsReleased)
                {
                    return false;
                }

                if (clip.IsWanted || _held == 0 || _held + bytes <= _options.Bytes)
                {
                    clip.HeardAt = Stopwatch.GetTimestamp();
                    Take(clip, bytes);
                    return true;
                }

                room = _room.Task;
                CountReading(-1);
            }

            room.Wait();
            lock (_gate)
            {
                CountReading(1);
                _heardAt = Stopwatch.GetTimestamp();
            }
        }
    }

    // Under the lock.
    private void BeginFetches()
    {
        while (!_disposed && _fetching < _options.Reads && _addresses.First is { Value: var clip }
            && (clip.IsWanted || _held == 0 || _held + (((RemoteSource)clip.Original).Length ?? 0) <= _options.Bytes))
        {
            _addresses.RemoveFirst();
            _fetching++;
            ReadsNow.Add(1);
            Take(clip, ((RemoteSource)clip.Original).Length ?? 0);
            clip.ReadBeganAt = Stopwatch.GetTimestamp();
            Task fetch = Task.Run(() => FetchAsync(clip), CancellationToken.None);
            _fetches.Add(fetch);
            _ = fetch.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Ended(Task fetch)
    {
        lock (_gate)
        {
            _fetches.Remove(fetch);
        }
    }

    private async Task FetchAsync(AheadClip clip)
    {
        ClipFetchResult? result = null;
        Exception? failure = null;
        try
        {
            result = await _fetcher.FetchAsync((RemoteSource)clip.Original, settlingLimit: null, clip.Stop!.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error;
        }

        SealedBytes? bytes = result?.Bytes is { Bytes: { Length: > 0 } fetched } ? TrySeal(fetched) : null;
        bool isKept;
        lock (_gate)
        {
            _fetching--;
            ReadsNow.Add(-1);
            isKept = !clip.IsReleased;
            if (isKept)
            {
                long length = result?.Bytes?.Bytes.Length ?? 0;
                Take(clip, length - clip.Reserved);
                clip.Reserved = length;
                clip.Bytes = bytes;
                clip.Fetched = bytes is null ? result : null;
                clip.Object = result?.Object;
                clip.Failure = failure;
            }
            else
            {
                GiveBack(clip, isUnused: bytes is not null);
            }

            clip.End();
            BeginFetches();
        }

        if (!isKept)
        {
            bytes?.Dispose();
        }
    }

    private static SealedBytes? TrySeal(ReadOnlyMemory<byte> fetched)
    {
        try
        {
            return SealedBytes.Of(fetched.Span);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;

using ClipGuard.Media;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// The threads that read files ahead of their decodes: no more than <see cref="ReadAheadOptions.Reads"/>, started as they are needed, and ended when they have
/// had nothing to do for a while. A read that the storage does not bring back holds up its thread and its clip alone.
/// </summary>
internal sealed class ReadAheadThreads : IAsyncDisposable
{
    private const int LargestShare = 4;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate;
    private readonly ReadAheadOptions _options;
    private readonly ReadAheadBudget _budget;
    private readonly ReadAheadMetrics _metrics;
    private readonly ReadAheadSwitch _switch;
    private readonly StorageStallDetector _silence;
    private readonly Action<FileSource>? _beforeReading;

    // Not a SemaphoreSlim: its waits spin first, on processors that decodes want.
    private readonly Semaphore _work = new(0, int.MaxValue);
    private readonly LinkedList<ReadAheadClip> _queue = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads;
    private int _idle;
    private bool _stopped;

    /// <summary>Starts no thread before there is a clip.</summary>
    /// <param name="gate">The lock of all that is shared.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="budget">Where bytes get their room.</param>
    /// <param name="metrics">Where reads are counted.</param>
    /// <param name="readAhead">What is told how long reads take.</param>
    /// <param name="silence">What is told when the storage is heard of.</param>
    /// <param name="beforeReading">Called on a reading thread before it opens a file: for tests; null for nothing.</param>
    public ReadAheadThreads(
        Lock gate,
        ReadAheadOptions options,
        ReadAheadBudget budget,
        ReadAheadMetrics metrics,
        ReadAheadSwitch readAhead,
        StorageStallDetector silence,
        Action<FileSource>? beforeReading)
    {
        _gate = gate;
        _options = options;
        _budget = budget;
        _metrics = metrics;
        _switch = readAhead;
        _silence = silence;
        _beforeReading = beforeReading;
    }

    /// <summary>A file is to be read. Under the lock.</summary>
    public void Add(ReadAheadClip clip)
    {
        _queue.AddLast(clip.Node);
        if (_idle < _queue.Count && _threads < _options.Reads)
        {
            _threads++;
            new Thread(Run) { IsBackground = true, Name = "clipguard-ahead" }.Start();
        }

        _work.Release();
    }

    /// <summary>Begins no more reads. Under the lock.</summary>
    public void Stop()
    {
        _stopped = true;
        _work.Release(_options.Reads);
        if (_threads == 0)
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>
    /// Waits until the threads have ended, after <see cref="Stop"/>. One that the storage does not bring back is left to itself after a moment, and so is what
    /// it uses.
    /// </summary>
    public async ValueTask DisposeAsync() =>
        await _ended.Task.WaitAsync(EndTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Run()
    {
        while (Next() is { } clip)
        {
            SealedBytes? bytes = null;
            try
            {
                bytes = Read(clip);
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
                    _budget.GiveBack(clip, isUnused: bytes is not null);
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
    private ReadAheadClip? Next()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_stopped && _queue.First is { } first)
                {
                    _queue.RemoveFirst();
                    return first.Value;
                }

                if (_stopped)
                {
                    EndThread();
                    return null;
                }

                _idle++;
            }

            bool isAsked = _work.WaitOne(IdleTime);
            lock (_gate)
            {
                _idle--;
                if (!isAsked && _queue.Count == 0)
                {
                    EndThread();
                    return null;
                }
            }
        }
    }

    private void EndThread()
    {
        if (--_threads == 0 && _stopped)
        {
            _ended.TrySetResult();
        }
    }

    private SealedBytes? Read(ReadAheadClip clip)
    {
        long began = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            _silence.Begin(clip, began);
            _metrics.CountInFlight(1);
        }

        try
        {
            _beforeReading?.Invoke((FileSource)clip.Original);
            using ReadAheadFile? reading = ReadAheadFile.Open((FileSource)clip.Original, Math.Max(1, _options.Bytes / LargestShare));
            TimeSpan opened = Stopwatch.GetElapsedTime(began);
            if (reading is null || !WaitForRoom(clip, reading.Length))
            {
                return null;
            }

            long from = Stopwatch.GetTimestamp();
            SealedBytes? bytes = reading.Read(() => Hear(clip));
            if (bytes is not null)
            {
                lock (_gate)
                {
                    _switch.ReadAhead(opened + Stopwatch.GetElapsedTime(from), bytes.Length);
                }
            }

            return bytes;
        }
        finally
        {
            lock (_gate)
            {
                _silence.End(Stopwatch.GetTimestamp());
                _metrics.CountInFlight(-1);
            }
        }
    }

    private void Hear(ReadAheadClip clip)
    {
        lock (_gate)
        {
            _silence.Hear(clip, Stopwatch.GetTimestamp());
        }
    }

    // False where nobody takes the clip any more.
    private bool WaitForRoom(ReadAheadClip clip, long bytes)
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

                if (_budget.HasRoom(clip, bytes))
                {
                    clip.HeardAt = Stopwatch.GetTimestamp();
                    _budget.Reserve(clip, bytes);
                    return true;
                }

                room = _budget.Room;
                _silence.Pause();
                _metrics.CountInFlight(-1);
            }

            room.Wait();
            lock (_gate)
            {
                _silence.GoOn(Stopwatch.GetTimestamp());
                _metrics.CountInFlight(1);
            }
        }
    }
}

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// How much a program holds in its folder, with what it has removed there and keeps open. A timer looks twice a second at all programs, on the thread pool:
/// whoever keeps clocks may not wait for a file system.
/// </summary>
internal sealed class ScratchUsage : IDisposable
{
    // A folder with more entries is too full, whatever they hold: to count them all would take the timer's time from others.
    private const int MostEntries = 100_000;
    private const string Removed = " (deleted)";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly HashSet<ScratchUsage> Watched = [];
    private static readonly Timer Looking = new(static _ => LookAtAll());
    private static int _isLooking;

    private readonly string _folder;
    private readonly long _limit;
    private volatile bool _isTooMuch;

    /// <summary>Begins to watch a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="limit">Bytes that it may hold.</param>
    public ScratchUsage(string folder, long limit)
    {
        (_folder, _limit) = (folder, limit);
        lock (Watched)
        {
            if (Watched.Add(this) && Watched.Count == 1)
            {
                Looking.Change(Interval, Interval);
            }
        }
    }

    /// <summary>The program's process id, once it is known.</summary>
    public int Pid { get; set; }

    /// <summary>True once it held more than it may.</summary>
    public bool IsTooMuch => _isTooMuch;

    /// <summary>Watches it no more.</summary>
    public void Dispose()
    {
        lock (Watched)
        {
            if (Watched.Remove(this) && Watched.Count == 0)
            {
                Looking.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static void LookAtAll()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 1)
        {
            return;
        }

        try
        {
            ScratchUsage[] watched;
            lock (Watched)
            {
                watched = [.. Watched];
            }

            foreach (ScratchUsage use in watched)
            {
                use.Look();
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void Look()
    {
        try
        {
            _isTooMuch |= HoldsTooMuch();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder or the process has gone meanwhile.
        }
    }

    private bool HoldsTooMuch()
    {
        long bytes = 0;
        int entries = 0;
        foreach (string path in Files().Concat(RemovedFiles()))
        {
            bytes += FileFacts.OfPath(path, out FileFacts facts) is null && facts.WhyNotRegular is null ? facts.AllocatedBytes : 0;
            if (bytes > _limit || ++entries > MostEntries)
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(
        _folder, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint });

    private IEnumerable<string> RemovedFiles()
    {
        string open = $"/proc/{Pid}/fd";
        return Pid == 0 || !Directory.Exists(open) ? []
            : Directory.EnumerateFiles(open, "*", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0 }).Where(IsRemoved);
    }

    private bool IsRemoved(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget is { } target && target.StartsWith(_folder, StringComparison.Ordinal)
                && target.EndsWith(Removed, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It was closed meanwhile.
            return false;
        }
    }
}

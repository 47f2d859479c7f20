using System.Collections.Concurrent;

using ClipGuard.Media.Native;
using ClipGuard.Media;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// The thread that starts all helpers of one sandbox level, and lives as long as this process. It has to: a helper's
/// parent-death signal follows the thread that started it, so a helper that a pool thread started would die with that thread.
/// The thread restricts itself before its first start: it gives up its capabilities, and takes landlock upon itself. So every helper is restricted from birth
/// and this process is not. Threads that it starts are restricted too: it must start none, and queue nothing that the thread pool
/// could start one for.
/// </summary>
internal sealed class HelperSpawner : IDisposable
{
    private static readonly ConcurrentDictionary<(SandboxLevel, int), Lazy<HelperSpawner>> Spawners = new();

    private readonly BlockingCollection<Action> _starts = [];
    private readonly ManualResetEventSlim _restricted = new();
    private readonly SandboxLevel _level;
    private readonly int _newestLandlock;
    private readonly string? _streamFolder;
    private readonly string? _programFolder;

    private HelperSpawner(SandboxLevel level, int newestLandlock = int.MaxValue, string? streamFolder = null, string? programFolder = null)
    {
        _level = level;
        _newestLandlock = newestLandlock;
        _streamFolder = streamFolder;
        _programFolder = programFolder;

        // Kills for want of memory count from before the first start.
        _ = MemoryKills.Shared;

        // Before the thread is restricted: it could not open it for writing.
        DevNull = Descriptors.Raised(Libc.Open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC, 0), "open /dev/null");
        new Thread(Run) { IsBackground = true, Name = level == SandboxLevel.Off ? "clipguard-spawn-open" : "clipguard-spawn" }.Start();
        _restricted.Wait();
    }

    /// <summary>/dev/null, open for reading and writing, for the helpers' standard streams.</summary>
    public int DevNull { get; }

    /// <summary>Null where helpers are confined as asked; otherwise what the kernel lacks.</summary>
    public string? Missing { get; private set; }

    /// <summary>The spawner for a sandbox level.</summary>
    /// <param name="level">The level.</param>
    /// <param name="newestLandlock">Landlock's ABI of which nothing newer is used: for tests.</param>
    public static HelperSpawner For(SandboxLevel level, int newestLandlock = int.MaxValue) =>
        Spawners.GetOrAdd((level, newestLandlock), static key => new Lazy<HelperSpawner>(() => new HelperSpawner(key.Item1, key.Item2))).Value;

    /// <summary>
    /// A spawner of its own for helpers that may make FIFOs and files beneath one folder. The caller disposes it once its helpers are gone:
    /// their parent-death signal follows its thread.
    /// </summary>
    public static HelperSpawner ForStreams(SandboxLevel level, string folder) => new(level, streamFolder: folder);

    /// <summary>
    /// A spawner of its own for one program, which may write beneath one folder and to /dev/null. The caller disposes it once the program is gone.
    /// </summary>
    public static HelperSpawner ForProgram(SandboxLevel level, string folder) => new(level, programFolder: folder);

    /// <summary>Ends the thread of a spawner that is one's own, after the starts that were posted.</summary>
    public void Dispose() => _starts.CompleteAdding();

    /// <summary>Starts one process and waits for it to have been started.</summary>
    /// <param name="limit">How long is waited. What is started later is killed.</param>
    /// <param name="start">Starts it, on the spawner's thread.</param>
    /// <returns>
    /// Null where it could not be started in time, for whatever reason: what starts no such process here starts no helper later either, and is told then.
    /// </returns>
    public HelperProcess? StartWithin(TimeSpan limit, Func<HelperProcess> start)
    {
        var started = new ManualResetEventSlim();
        HelperProcess? process = null;
        bool isLate = false;
        Post(() =>
        {
            HelperProcess? begun = null;
            try
            {
                begun = start();
            }
            catch (Exception)
            {
                // Any exception: unhandled on this thread it would end the whole program.
            }

            lock (started)
            {
                process = isLate ? null : begun;
            }

            if (process is null)
            {
                begun?.KillAndReap();
            }

            started.Set();
        });
        _ = started.Wait(limit);
        lock (started)
        {
            isLate = true;
            return process;
        }
    }

    /// <summary>Has the thread do a start. The start handles its own errors.</summary>
    public void Post(Action start) => _starts.Add(start);

    private void Run()
    {
        Missing = _level == SandboxLevel.Off ? null : Restrict();
        _restricted.Set();
        foreach (Action start in _starts.GetConsumingEnumerable())
        {
            start();
        }

        _ = Libc.Close(DevNull);
        _starts.Dispose();
    }

    // Both are tried: what one of them lacks takes nothing from the other.
    private string? Restrict()
    {
        string? capabilities = Capabilities.KeepOnly(_level == SandboxLevel.Strict ? null : Capabilities.DacReadSearch);
        string? landlock = Landlock.RestrictThread(_streamFolder, _newestLandlock, _programFolder);
        return capabilities is not null && landlock is not null ? $"{capabilities}; {landlock}" : capabilities ?? landlock;
    }
}

using System.Collections.Concurrent;

using ClipGuard.Media.Native;
using ClipGuard.Media;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// The thread that starts all helpers of one sandbox level, and lives as long as this process. It has to: a helper's
/// parent-death signal follows the thread that started it, so a helper that a pool thread started would die with that thread.
/// The thread restricts itself with landlock before its first start, so every helper is restricted from birth and this process is not.
/// </summary>
internal sealed class HelperSpawner : IDisposable
{
    private static readonly ConcurrentDictionary<bool, Lazy<HelperSpawner>> Spawners = new();

    private readonly BlockingCollection<Action> _starts = [];
    private readonly TaskCompletionSource<string?> _missing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _confined;
    private readonly string? _streamFolder;

    private HelperSpawner(bool confined, string? streamFolder = null)
    {
        _confined = confined;
        _streamFolder = streamFolder;

        // Kills for want of memory count from before the first start.
        _ = MemoryKills.Shared;

        // Before the thread is restricted: it could not open it for writing.
        DevNull = Descriptors.Raised(Libc.Open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC, 0), "open /dev/null");
        new Thread(Run) { IsBackground = true, Name = confined ? "clipguard-spawn" : "clipguard-spawn-open" }.Start();
    }

    /// <summary>/dev/null, open for reading and writing, for the helpers' standard streams.</summary>
    public int DevNull { get; }

    /// <summary>Null where helpers are confined as asked; otherwise what the kernel lacks.</summary>
    public Task<string?> Missing => _missing.Task;

    /// <summary>The spawner for a sandbox level.</summary>
    public static HelperSpawner For(SandboxLevel level) =>
        Spawners.GetOrAdd(level != SandboxLevel.Off, confined => new Lazy<HelperSpawner>(() => new HelperSpawner(confined))).Value;

    /// <summary>
    /// A spawner of its own for helpers that may make FIFOs and files beneath one folder. The caller disposes it once its helpers are gone:
    /// their parent-death signal follows its thread.
    /// </summary>
    public static HelperSpawner ForStreams(SandboxLevel level, string folder) => new(level != SandboxLevel.Off, folder);

    /// <summary>Ends the thread of a spawner that was made by <see cref="ForStreams"/>, after the starts that were posted.</summary>
    public void Dispose() => _starts.CompleteAdding();

    /// <summary>Has the thread do a start. The start handles its own errors.</summary>
    public void Post(Action start) => _starts.Add(start);

    private void Run()
    {
        _missing.SetResult(_confined ? Landlock.RestrictThread(_streamFolder) : null);
        foreach (Action start in _starts.GetConsumingEnumerable())
        {
            start();
        }

        _ = Libc.Close(DevNull);
        _starts.Dispose();
    }
}

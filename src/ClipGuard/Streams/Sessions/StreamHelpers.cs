using System.ComponentModel;
using System.Globalization;

using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// The helpers of one <see cref="StreamGuard"/>. Those that wrote a stream cleanly wait here for the next one. They are started by a thread
/// that may write beneath the guard's own folder and nowhere else, and they inherit that.
/// </summary>
internal sealed class StreamHelpers : IDisposable
{
    private const long PayloadBytes = 256L << 20;

    private readonly Lock _gate = new();
    private readonly StreamOptions _options;
    private readonly HelperLaunch _launch;
    private readonly HelperSpawner _spawner;
    private readonly Stack<StreamHelper> _idle = new();
    private bool _disposed;

    /// <summary>Helpers for streams beneath a folder. None is started yet.</summary>
    public StreamHelpers(StreamOptions options, StreamFolder folder)
    {
        _options = options;
        _launch = HelperLaunch.From(new SupervisorOptions
        {
            HelperPath = options.HelperPath,
            HelperArguments = [.. options.HelperArguments, "stream"],
            HelperEnvironment = new Dictionary<string, string>
            {
                ["CLIPGUARD_FILE_BYTES"] = (options.WorkFiles ? options.WorkFileBytes : 0).ToString(CultureInfo.InvariantCulture),
            },
            HelperMemoryBytes = options.HelperMemoryBytes,
            Sandbox = options.Sandbox,
            PayloadBytes = PayloadBytes,
        });
        _spawner = HelperSpawner.ForStreams(options.Sandbox, folder.FullPath);
    }

    /// <summary>What the kernel lacks for the sandbox, or null.</summary>
    public Task<string?> SandboxMissing => _spawner.Missing;

    /// <summary>Bytes of an encoded clip that can travel in memory.</summary>
    public static long MemoryClipBytes => PayloadBytes;

    /// <summary>A helper that waits for work; null where there is none.</summary>
    public StreamHelper? TryTake()
    {
        while (Pop() is { } helper)
        {
            if (IdleProcess.IsQuiet(helper.Process))
            {
                return helper;
            }

            helper.End();
        }

        return null;
    }

    /// <summary>Starts a helper and hands it over, or says why it could not be started. Called back on the thread that starts helpers.</summary>
    public void Start(Action<StreamHelper?, string> started) => _spawner.Post(() =>
    {
        StreamHelper? helper = null;
        string failure = string.Empty;
        try
        {
            helper = new StreamHelper(HelperProcess.Start(_launch, _spawner.DevNull));
        }
        catch (Win32Exception error)
        {
            failure = error.Message;
        }

        started(helper, failure);
    });

    /// <summary>Takes back a helper whose every stream was clean.</summary>
    public void Return(StreamHelper helper)
    {
        lock (_gate)
        {
            if (!_disposed && helper.Streams < _options.RecycleAfter)
            {
                _idle.Push(helper);
                return;
            }
        }

        helper.End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        while (Pop() is { } helper)
        {
            helper.End();
        }

        _spawner.Dispose();
    }

    // Nobody waits under the lock for a process to end.
    private StreamHelper? Pop()
    {
        lock (_gate)
        {
            return _idle.TryPop(out StreamHelper? helper) ? helper : null;
        }
    }
}

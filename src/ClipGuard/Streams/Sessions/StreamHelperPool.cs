using System.Globalization;

using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// The helpers of one <see cref="StreamGuard"/>. Those that wrote a stream cleanly wait here for the next one. They are started by a thread
/// that may write beneath the guard's own folder and nowhere else, and they inherit that.
/// </summary>
internal sealed class StreamHelperPool : IDisposable
{
    private const long PayloadBytes = 256L << 20;

    private readonly StreamOptions _options;
    private readonly HelperSpawner _spawner;
    private readonly IdleProcessPool<StreamHelper> _pool;
    private readonly TimeSpan _checkLimit;
    private HelperLaunch _launch;
    private volatile bool _isChecked;

    /// <summary>Helpers for streams beneath a folder. None is started yet.</summary>
    public StreamHelperPool(StreamOptions options, StreamGuardFolder folder)
    {
        _options = options;
        var supervision = new SupervisorOptions
        {
            HelperPath = options.HelperPath,
            HelperArguments = [.. options.HelperArguments, "stream"],
            HelperEnvironment = new Dictionary<string, string>
            {
                ["CLIPGUARD_FILE_BYTES"] = (options.WorkFiles ? options.WorkFileBytes : 0).ToString(CultureInfo.InvariantCulture),
            },
            HelperMemoryBytes = options.HelperMemoryBytes,
            FFmpeg = options.FFmpeg,
            Sandbox = options.Sandbox,
            PayloadBytes = PayloadBytes,
        };
        _launch = HelperLaunch.From(supervision);
        _checkLimit = supervision.StartLimit;
        _spawner = HelperSpawner.ForStreams(options.Sandbox, folder.FullPath);
        _pool = new IdleProcessPool<StreamHelper>(_spawner, spawner => new StreamHelper(HelperProcess.Start(_launch, spawner.DevNull)));
    }

    /// <summary>What the kernel lacks for the sandbox, or null.</summary>
    public string? SandboxMissing => _spawner.Missing;

    /// <summary>Checks FFmpeg before the first helper is started; from the second call on it costs next to nothing.</summary>
    /// <exception cref="HelperUnavailableException">FFmpeg is missing, or did not pass.</exception>
    public async Task CheckFFmpegAsync(ILogger logger, CancellationToken cancellation)
    {
        if (!_isChecked)
        {
            _launch = await FFmpegCheck.RunAsync(_launch, _options.Sandbox, _checkLimit, logger, cancellation).ConfigureAwait(false);
            _isChecked = true;
        }
    }

    /// <summary>Bytes of an encoded clip that can travel in memory.</summary>
    public static long MemoryClipBytes => PayloadBytes;

    /// <summary>A helper that waits for work; null where there is none.</summary>
    public StreamHelper? TryTake() => _pool.TryTake();

    /// <summary>Starts a helper and hands it over, or says why it could not be started. Called back on the thread that starts helpers.</summary>
    public void Start(Action<StreamHelper?, string> started) => _pool.Start(started);

    /// <summary>Takes back a helper whose every stream was clean.</summary>
    public void Return(StreamHelper helper)
    {
        if (helper.Streams < _options.RecycleAfter)
        {
            _pool.Return(helper);
        }
        else
        {
            helper.End();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _spawner.Dispose();
    }
}

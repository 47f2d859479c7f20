using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>ClipGuard's own helpers, and what they have said of themselves.</summary>
internal sealed class OwnPool : IAsyncDisposable
{
    private readonly HelperTemplate? _template;

    private OwnPool(HelperPool pool, HelperTemplate? template, IReadOnlyList<string> decoderFiles, ReadyMessage greeting)
    {
        _template = template;
        Pool = pool;
        DecoderFiles = decoderFiles;
        Greeting = greeting;
    }

    /// <summary>The helpers.</summary>
    public HelperPool Pool { get; }

    /// <summary>Paths of the FFmpeg libraries that they load.</summary>
    public IReadOnlyList<string> DecoderFiles { get; }

    /// <summary>What the first of them said.</summary>
    public ReadyMessage Greeting { get; }

    /// <summary>Starts helpers and waits until the first is ready.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="places">The places for decodes that they share with a decoder program; null where there is none.</param>
    /// <param name="logger">Where they are told of.</param>
    /// <param name="cancellation">Ends the wait; what was started is then ended too.</param>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public static async Task<OwnPool> StartAsync(SupervisorOptions options, DecodeCapacity? places, ILogger logger, CancellationToken cancellation)
    {
        HelperLaunch launch = await FFmpegCheck.RunAsync(
            HelperLaunch.From(options), options.Sandbox, options.StartLimit, logger, cancellation).ConfigureAwait(false);
        HelperTemplate? template = !options.ForksHelpers ? null
            : await HelperTemplate.StartAsync(launch, HelperSpawner.For(options.Sandbox, options.NewestLandlock), options.StartLimit).ConfigureAwait(false);
        HelperPool? pool = null;
        try
        {
            pool = new HelperPool(options, launch, logger, template, places);
            places?.Add(pool);
            ReadyMessage greeting = await pool.GreetAsync().WaitAsync(cancellation).ConfigureAwait(false);
            return new OwnPool(pool, template, FFmpegCheck.FilesOf(launch), greeting);
        }
        catch
        {
            if (pool is not null)
            {
                await pool.DisposeAsync().ConfigureAwait(false);
            }

            template?.Dispose();
            throw;
        }
    }

    /// <summary>Ends its helpers, and what they were forked from.</summary>
    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync().ConfigureAwait(false);
        _template?.Dispose();
    }
}

using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>A pool whose first helper is ready, with what that one said of itself, and the template that helpers are forked from, where there is one.</summary>
internal sealed class GreetedHelperPool : IAsyncDisposable
{
    private readonly HelperTemplate? _template;

    private GreetedHelperPool(HelperPool pool, HelperTemplate? template, ReadyMessage greeting) => (Pool, _template, Greeting) = (pool, template, greeting);

    /// <summary>The helpers.</summary>
    public HelperPool Pool { get; }

    /// <summary>What the first of them said.</summary>
    public ReadyMessage Greeting { get; }

    /// <summary>Starts helpers and waits until the first is ready.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="launch">What is started as a helper.</param>
    /// <param name="template">What helpers are forked from; null where each is started by itself. It ends with the pool, or where none comes to be.</param>
    /// <param name="capacity">How many decodes may run, which the pool shares with others; null where it shares it with none.</param>
    /// <param name="logger">Where they are told of.</param>
    /// <param name="cancellation">Ends the wait; what was started is then ended too.</param>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public static async Task<GreetedHelperPool> StartAsync(
        SupervisorOptions options, HelperLaunch launch, HelperTemplate? template, DecodeCapacity? capacity, ILogger logger, CancellationToken cancellation)
    {
        HelperPool? pool = null;
        try
        {
            pool = new HelperPool(options, launch, logger, template, capacity);
            capacity?.Add(pool);
            return new GreetedHelperPool(pool, template, await pool.GreetAsync().WaitAsync(cancellation).ConfigureAwait(false));
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

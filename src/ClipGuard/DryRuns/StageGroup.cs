using System.Runtime.ExceptionServices;

namespace ClipGuard.DryRuns;

/// <summary>Ends a run's stages together: where the caller cancels, or one of them fails. The first failure is thrown at the end.</summary>
internal sealed class StageGroup(CancellationToken cancellation) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private ExceptionDispatchInfo? _failure;

    /// <summary>Cancelled once the run is to end.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Runs a stage on the pool. Its failure ends the others; being stopped is no failure.</summary>
    public Task RunAsync(Func<Task> stage) => Task.Run(async () =>
    {
        try
        {
            await stage().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Any exception is kept, and thrown by ThrowIfFailed once every stage has ended.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail(error);
        }
    });

    /// <summary>Ends the run because of a failure.</summary>
    public void Fail(Exception error)
    {
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        _source.Cancel();
    }

    /// <summary>Throws the first failure, if there was one.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}

using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>What the helpers of a pool have said of themselves. Recorded under the pool's lock, and read from any thread.</summary>
internal sealed class HelperGreetings
{
    private readonly TaskCompletionSource<ReadyMessage> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first greeting; fails where there will be none.</summary>
    public Task<ReadyMessage> First => _first.Task;

    /// <summary>The lowest sandbox level that a helper has said to be in force.</summary>
    public SandboxLevel LowestSandbox { get; private set; } = SandboxLevel.Strict;

    /// <summary>A helper is ready for the first time.</summary>
    /// <returns>True where it is confined less than those before it.</returns>
    public bool Record(ReadyMessage greeting)
    {
        bool isLooser = greeting.Sandbox < LowestSandbox;
        LowestSandbox = isLooser ? greeting.Sandbox : LowestSandbox;

        // Everything that a greeting says is in place before the task completes: whoever awaits the first one reads on at once, on another thread.
        return !_first.TrySetResult(greeting) && isLooser;
    }

    /// <summary>There will be no greeting, if there was none.</summary>
    public void Fail(HelperUnavailableException reason) => _first.TrySetException(reason);
}

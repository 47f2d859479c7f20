using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>
/// Decodes clips under guard: what a program needs of a <see cref="Supervisor"/>, so that a test can put another in its place, whose outcomes are
/// <see cref="DecodeOutcome.OfClip"/>, <see cref="DecodeOutcome.OfFault"/> and <see cref="DecodeOutcome.OfUnsettled"/>. Any number of threads.
/// </summary>
public interface ISupervisor : IAsyncDisposable
{
    /// <summary>Name and version of what decodes.</summary>
    string DecoderVersion { get; }

    /// <summary>The sandbox that is in force.</summary>
    SandboxLevel Sandbox { get; }

    /// <inheritdoc cref="Supervisor.DecodeAsync(DecodeRequest, CancellationToken)"/>
    ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, CancellationToken cancellation = default);

    /// <inheritdoc cref="Supervisor.SettleAsync"/>
    ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation = default);
}

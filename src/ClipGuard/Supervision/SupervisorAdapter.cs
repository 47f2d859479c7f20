using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>A supervisor that is not ours, as a test's stand-in or one that counts what it hands on: it can do what <see cref="ISupervisor"/> says.</summary>
internal sealed class SupervisorAdapter(ISupervisor given) : IGuardedDecoder
{
    /// <inheritdoc/>
    public string DecoderVersion => given.DecoderVersion;

    /// <inheritdoc/>
    public SandboxLevel Sandbox => given.Sandbox;

    /// <summary>The supervisor itself where it is ours.</summary>
    public static IGuardedDecoder AsDecoder(ISupervisor supervisor) => supervisor as IGuardedDecoder ?? new SupervisorAdapter(supervisor);

    /// <inheritdoc/>
    public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation) =>
        given.DecodeAsync(request, cancellation);

    /// <inheritdoc/>
    public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation) =>
        given.DecodeAsync(request, cancellation);

    /// <inheritdoc/>
    public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation) => given.SettleAsync(request, cancellation);
}

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>A guarded decode, as <see cref="Supervisor"/> does it.</summary>
internal delegate ValueTask<DecodeOutcome> GuardedDecode(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation);

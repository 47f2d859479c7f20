using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision;

/// <summary>Decodes clips under guard: what the loader and the dry run need of a <see cref="Supervisor"/>. Any number of threads.</summary>
internal interface IGuardedDecoder
{
    /// <inheritdoc cref="Supervisor.DecoderVersion"/>
    string DecoderVersion { get; }

    /// <inheritdoc cref="Supervisor.Kinds"/>
    IReadOnlyList<string> Kinds => WireKindNames.All;

    /// <inheritdoc cref="Supervisor.DecoderFiles"/>
    IReadOnlyList<string> DecoderFiles => [];

    /// <inheritdoc cref="Supervisor.Sandbox"/>
    SandboxLevel Sandbox { get; }

    /// <inheritdoc cref="Supervisor.Reuse"/>
    ReuseAfterFaultReport Reuse => new();

    /// <inheritdoc cref="Supervisor.ReadAhead"/>
    ReadAheadReport ReadAhead => new();

    /// <summary>Why a spec cannot be met, whatever the clip: a mistake of the calling program; null where it can.</summary>
    string? FindMistake(ClipSpec spec) => SpecCheck.Find(spec);

    /// <summary>Clips that should be announced before their decodes; 0 where nothing is read ahead.</summary>
    int ReadsAhead => 0;

    /// <summary>A clip is going to be decoded soon, so that its bytes may be read before. The caller disposes what it gets, after the decode.</summary>
    /// <returns>Null where it is not read ahead.</returns>
    IReadAheadClip? Announce(ClipSource source) => null;

    /// <inheritdoc cref="Supervisor.DecodeAsync(DecodeRequest, Action{ClipFault}, CancellationToken)"/>
    ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation);

    /// <inheritdoc cref="Supervisor.ContinueAsync"/>
    ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation);

    /// <inheritdoc cref="Supervisor.LookAsync"/>
    ValueTask<ObjectMetadata?> LookAsync(Uri address, CancellationToken cancellation) => ValueTask.FromResult<ObjectMetadata?>(null);

    /// <inheritdoc cref="Supervisor.SettleAsync"/>
    ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation);
}

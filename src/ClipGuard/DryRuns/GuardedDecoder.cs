using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>What a dry run needs of a supervisor.</summary>
/// <param name="DecodeAsync">Decodes one clip under guard.</param>
/// <param name="SettleAsync">Decodes one that was unsettled, with limits in usable time alone.</param>
/// <param name="Version">Name and version of the decoder.</param>
/// <param name="Sandbox">The sandbox level in force: the lowest so far, where helpers differ.</param>
internal sealed record GuardedDecoder(
    Func<DecodeRequest, CancellationToken, ValueTask<DecodeOutcome>> DecodeAsync,
    Func<DecodeRequest, CancellationToken, ValueTask<DecodeOutcome>> SettleAsync,
    string Version,
    Func<SandboxLevel> Sandbox)
{
    /// <summary>A supervisor's side that a dry run needs.</summary>
    public static GuardedDecoder Of(Supervisor supervisor)
    {
        ArgumentNullException.ThrowIfNull(supervisor);
        return new GuardedDecoder(supervisor.DecodeAsync, supervisor.SettleAsync, supervisor.DecoderVersion, () => supervisor.Sandbox);
    }
}

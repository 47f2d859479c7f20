using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Running;

/// <summary>
/// Decodes for someone who asked about this clip and wants to know: where the machine or the storage took the decode's time, it gets that time once more, and
/// all that it needs.
/// </summary>
internal static class PatientDecode
{
    /// <summary>Decodes a clip, twice where the first time decided nothing. What the second leaves unsettled stays so.</summary>
    /// <param name="supervisor">What decodes.</param>
    /// <param name="request">The clip and what is wanted of it.</param>
    /// <param name="onUnsettled">Told before the second time; null to tell nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async ValueTask<DecodeOutcome> RunAsync(
        Supervisor supervisor, DecodeRequest request, Action<UnsettledClip>? onUnsettled, CancellationToken cancellation)
    {
        DecodeOutcome outcome = await supervisor.DecodeAsync(request, cancellation).ConfigureAwait(false);
        if (outcome.Unsettled is not { } unsettled)
        {
            return outcome;
        }

        outcome.Dispose();
        onUnsettled?.Invoke(unsettled);
        return await supervisor.SettleAsync(request, cancellation).ConfigureAwait(false);
    }
}

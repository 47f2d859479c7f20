using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Running;

/// <summary>
/// Decodes one clip for someone who asked about it alone (<c>decode</c>, <c>inspect</c>, <c>serve</c>): where the first decode is left unsettled, because the
/// machine or the storage took its time, the clip is decoded once more and waits for the machine as long as settling may.
/// </summary>
internal static class DecodeAndSettle
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

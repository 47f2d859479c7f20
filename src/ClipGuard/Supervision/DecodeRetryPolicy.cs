using ClipGuard.Media;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Supervision;

/// <summary>Whether another attempt at a clip follows, or what all of them come to. Pure.</summary>
/// <param name="firstFailure">Where there was one attempt in an earlier call: how it failed.</param>
internal sealed class DecodeRetryPolicy(ClipFault? firstFailure)
{
    private const int MaxAttempts = 2;
    private const int MaxBugs = 2;

    private readonly AttemptHistory<ClipFault> _history = new(MaxAttempts, firstFailure);
    private int _bugs;

    /// <summary>The failure that is being tried once more; null before there was one.</summary>
    public ClipFault? FirstFailure => _history.FirstFailure;

    /// <summary>What the next attempt is to confirm; null for nothing.</summary>
    public ClipFault? ToConfirm { get; private set; }

    /// <summary>True where the next attempt gets a helper that has decoded nothing.</summary>
    public bool NeedsFreshHelper => _history.IsSecond || _bugs > 0 || ToConfirm is not null;

    /// <summary>The request of the next attempt. A second one has one decoder thread.</summary>
    public DecodeRequest NextRequest(DecodeRequest asked) => _history.IsSecond ? asked with { DecoderThreads = 1 } : asked;

    /// <summary>An attempt is over.</summary>
    public AttemptDecision Next(AttemptResult result)
    {
        switch (result)
        {
            case AttemptResult.Delivered delivered:
                return new AttemptDecision.Deliver(delivered.Clip);

            case AttemptResult.Faulted faulted when _history.TryAgain(faulted.Fault, faulted.IsRetryable):
                return new AttemptDecision.TryAgain(RetryReason.FirstFailure);

            case AttemptResult.Faulted { IsToConfirm: true } found when ToConfirm is null:
                ToConfirm = found.Fault;
                return new AttemptDecision.TryAgain(RetryReason.Confirmation);

            case AttemptResult.Faulted faulted:
                return new AttemptDecision.Fail(_history.Conclude(faulted.Fault), faulted.IsUnconfirmed);

            // What was to be confirmed stays as it was found: nobody can say otherwise now.
            case AttemptResult.DecoderBug or AttemptResult.Unsettled or AttemptResult.InfrastructureFailure when ToConfirm is { } found:
                return new AttemptDecision.Fail(found, IsUnconfirmed: true);

            case AttemptResult.DecoderBug when ++_bugs < MaxBugs:
                return new AttemptDecision.TryAgain(RetryReason.Bug);

            case AttemptResult.DecoderBug bug:
                return Unsettled(UnsettledCause.Bug, $"A bug of ClipGuard's own, and the clip is not to blame: {bug.Message}");

            // Not tried again at once: what stood in the way stands there still.
            case AttemptResult.Unsettled unsettled:
                return new AttemptDecision.LeaveUnsettled(WithFirstFailure(unsettled.Clip));

            case AttemptResult.InfrastructureFailure when _history.TryAgain():
                return new AttemptDecision.TryAgain(RetryReason.Infrastructure);

            case AttemptResult.InfrastructureFailure failed:
                int times = _history.InfrastructureFailures;
                return Unsettled(UnsettledCause.Helpers, $"Helpers keep failing for reasons that are not the clip's ({times} times). {failed.Message}");

            default:
                throw new ArgumentException($"Nobody has said what follows from {result}.", nameof(result));
        }
    }

    private static AttemptDecision.LeaveUnsettled Unsettled(UnsettledCause cause, string message) =>
        new(new UnsettledClip(cause, DecodeStage.None, message, new PostMortem()));

    private UnsettledClip WithFirstFailure(UnsettledClip unsettled) => FirstFailure is not { } first
        ? unsettled
        : unsettled with
        {
            Message = $"{unsettled.Message} (The first try: {first.Message})",
            PostMortem = unsettled.PostMortem with { AttemptCount = MaxAttempts },
        };
}

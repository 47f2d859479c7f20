using ClipGuard.Media;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// Whether a decode that has run out of time is the clip's fault: where it had its time, and only there. Else the clip is unsettled, for the reason that took
/// most of it. Pure.
/// </summary>
internal static class TimeoutBlame
{
    /// <summary>What a decode comes to whose time is over, or whose decoder says so by itself a little before.</summary>
    /// <param name="stage">Where it was.</param>
    /// <param name="message">What is said of it where it is a fault.</param>
    /// <param name="postMortem">What was measured of it.</param>
    /// <param name="timeLimits">What time it was given.</param>
    public static AttemptResult OutOfTime(DecodeStage stage, string message, PostMortem postMortem, DecodeTimeLimits timeLimits)
    {
        TimeSpan due = postMortem.Elapsed < timeLimits.Deadline ? postMortem.Elapsed : timeLimits.Deadline;

        // A decode too young to be accounted has waited for nothing: what its decoder says counts.
        return postMortem.Time == default || postMortem.Time.Usable >= timeLimits.UsableShare * due
            ? new AttemptResult.Faulted(new ClipFault(FaultKind.TimedOut, stage, message, postMortem))
            : Unsettled(stage, postMortem);
    }

    /// <summary>What a decode comes to that was ended before it had its time.</summary>
    /// <param name="stage">Where it was.</param>
    /// <param name="postMortem">What was measured of it.</param>
    public static AttemptResult.Unsettled Unsettled(DecodeStage stage, PostMortem postMortem)
    {
        TimeByCause time = postMortem.Time;
        UnsettledCause cause = time.WaitedForBytes > time.WaitedForProcessor && time.WaitedForBytes > time.Stopped ? UnsettledCause.Storage
            : time.Stopped > time.WaitedForProcessor ? UnsettledCause.Stopped
            : UnsettledCause.Starved;
        string hindrance = cause switch
        {
            UnsettledCause.Storage => "it waited for its bytes",
            UnsettledCause.Stopped => "it was stopped",
            _ => "it waited for a processor",
        };
        string message = $"Ended in stage {stage} before the decode had its time: {hindrance}.";
        return new AttemptResult.Unsettled(new UnsettledClip(cause, stage, message, postMortem));
    }
}

using ClipGuard.Supervision.Accounting;

namespace ClipGuard.Supervision.Helpers;

/// <summary>How long one attempt at a clip may take, and when it is a fault of the clip.</summary>
/// <param name="WallLimit">Wall clock from dispatch after which the caller is freed, whatever the decode has had.</param>
/// <param name="Deadline">Usable time after which the clip has timed out.</param>
/// <param name="UsableShare">
/// Share of <paramref name="Deadline"/> that must have been usable when <paramref name="WallLimit"/> passes for a fault; with less the clip is unsettled.
/// </param>
internal readonly record struct DecodeTimeLimits(TimeSpan WallLimit, TimeSpan Deadline, double UsableShare)
{
    // Not all of the deadline: the first tick and each sample lose a little.
    private const double NearlyAll = 0.9;

    /// <summary>Somebody waits: the deadline on the wall clock frees the caller.</summary>
    public static DecodeTimeLimits ForCaller(SupervisorOptions options) => new(options.Deadline, options.Deadline, NearlyAll);

    /// <summary>Nobody waits: the clip is to have its whole deadline in usable time, however long that takes on the wall, up to a cap.</summary>
    public static DecodeTimeLimits ToSettle(SupervisorOptions options) =>
        new(options.SettlingLimit ?? TimeAccount.MostExtension * options.Deadline, options.Deadline, 1);

    /// <summary>What can end politely is to end a little before it is killed.</summary>
    public TimeSpan PoliteTime => WallLimit - TimeSpan.FromMilliseconds(Math.Min(100, WallLimit.TotalMilliseconds / 10));
}

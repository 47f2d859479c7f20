namespace ClipGuard.Supervision.Helpers;

/// <summary>How long one try at a clip is waited for, and what convicts it.</summary>
/// <param name="WallLimit">Wall clock from dispatch after which the caller is freed, whatever the decode has had.</param>
/// <param name="Deadline">Usable time that convicts the clip as timed out as soon as it has passed.</param>
/// <param name="ConvictingShare">
/// Share of <paramref name="Deadline"/> that must have been usable for a conviction when <paramref name="WallLimit"/> passes; with less the clip is unsettled.
/// </param>
internal readonly record struct DecodePatience(TimeSpan WallLimit, TimeSpan Deadline, double ConvictingShare)
{
    // A decode that had nearly all of its deadline convicts: the first tick and each sample lose a little.
    private const double NearlyAll = 0.9;

    /// <summary>Somebody waits: the deadline on the wall clock frees the caller.</summary>
    public static DecodePatience ForCaller(SupervisorOptions options) => new(options.Deadline, options.Deadline, NearlyAll);

    /// <summary>Nobody waits: the clip is to have its whole deadline in usable time, however long that takes on the wall, up to a cap.</summary>
    public static DecodePatience ToSettle(SupervisorOptions options) => new(options.SettlingLimit ?? 20 * options.Deadline, options.Deadline, 1);

    /// <summary>What can end politely is to end a little before it is killed.</summary>
    public TimeSpan PoliteTime => WallLimit - TimeSpan.FromMilliseconds(Math.Min(100, WallLimit.TotalMilliseconds / 10));
}

namespace ClipGuard.Supervision;

/// <summary>Checks of settings against their ranges that several kinds of options have.</summary>
internal static class OptionRange
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>A limit on time: positive, and short enough for every clock.</summary>
    /// <param name="value">The setting's value.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    public static void CheckTime(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > Longest)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it has to be positive and at most {Longest.Days} days.");
        }
    }
}

namespace ClipGuard.Runs;

/// <summary>
/// How much failure a run accepts before it stops, so that a broken installation is not taken for a bad dataset. Bad rows and clips count each time they are
/// tried, substitutes included. It is checked batch by batch, in the order of delivery.
/// </summary>
public sealed record FailureBudget
{
    /// <summary>No limit.</summary>
    public static FailureBudget Unlimited { get; } = new() { MaxRate = 1 };

    /// <summary>What is put up with of samples that are nobody's fault: half of all tries, after the first hundred.</summary>
    public static FailureBudget ForUnsettled { get; } = new() { MaxRate = 0.5 };

    /// <summary>Most faults in one epoch; null (the default) for no such limit.</summary>
    public long? MaxFaults { get; init; }

    /// <summary>Largest share of rows that gave no sample among all rows that an epoch has tried so far, in [0, 1]. Default 0.1.</summary>
    public double MaxRate { get; init; } = 0.1;

    /// <summary>Rows tried before the rate is checked. Default 100.</summary>
    public long Probation { get; init; } = 100;

    /// <summary>What a run has exceeded of this budget, in words; null where nothing is.</summary>
    /// <param name="count">Rows that gave no sample.</param>
    /// <param name="rowsTried">Rows that were tried, those included.</param>
    /// <param name="setting">What the budget is called where it is set.</param>
    internal string? FindExcess(long count, long rowsTried, string setting) =>
        count > MaxFaults ? $"more than the {MaxFaults} that {setting}.{nameof(MaxFaults)} allows"
        : rowsTried >= Probation && count > MaxRate * rowsTried
            ? FormattableString.Invariant($"{(double)count / rowsTried:P1}, more than the {MaxRate:P1} that {setting}.{nameof(MaxRate)} allows")
        : null;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxFaults ?? 0, nameof(MaxFaults));
        ArgumentOutOfRangeException.ThrowIfNegative(Probation, nameof(Probation));
        if (!(MaxRate is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(MaxRate), MaxRate, $"{nameof(MaxRate)} is {MaxRate}; it has to be between 0 and 1.");
        }
    }
}

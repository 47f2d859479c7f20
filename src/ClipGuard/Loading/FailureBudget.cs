namespace ClipGuard.Loading;

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

/// <summary>What a <see cref="FailureBudget"/> is measured by.</summary>
/// <param name="RowsTried">Rows that were tried, faulty ones included.</param>
/// <param name="Faults">How many of them gave no sample through a fault of theirs.</param>
/// <param name="Unsettled">How many gave none, and nobody is to blame.</param>
internal readonly record struct FailureCount(long RowsTried, long Faults, long Unsettled);

/// <summary>Keeps account of a <see cref="FailureBudget"/> for faults, and of one for what is nobody's fault.</summary>
/// <param name="budget">For faults.</param>
/// <param name="unsettledBudget">For unsettled samples.</param>
/// <param name="before">What this epoch had seen before.</param>
internal sealed class FailureAccount(FailureBudget budget, FailureBudget unsettledBudget, FailureCount before = default)
{
    private const int NamedFaults = 5;

    private readonly List<SampleFault> _worst = [];

    /// <summary>What was counted so far.</summary>
    public FailureCount Count { get; private set; } = before;

    /// <summary>Takes one batch into account.</summary>
    /// <exception cref="BadSampleException">The budget is exceeded.</exception>
    public void Add(int rowsTried, IReadOnlyList<SampleFault> faults)
    {
        int unsettled = faults.Count(static fault => fault.Unsettled is not null);
        Count = new FailureCount(Count.RowsTried + rowsTried, Count.Faults + faults.Count - unsettled, Count.Unsettled + unsettled);

        // The worst faults are those that cost most time. The sort is stable: of faults that cost the same, the first ones stay.
        _worst.AddRange(faults);
        SampleFault[] worst = [.. _worst.OrderByDescending(static fault => TimeSpent(fault)).Take(NamedFaults)];
        _worst.Clear();
        _worst.AddRange(worst);
        Check(budget, Count.Faults, nameof(LoaderOptions.Budget), "gave no sample");
        Check(unsettledBudget, Count.Unsettled, nameof(LoaderOptions.UnsettledBudget), "could not be decoded for reasons that are not theirs");
    }

    private static TimeSpan TimeSpent(SampleFault fault) => (fault.Verdict?.PostMortem ?? fault.Unsettled?.PostMortem)?.Elapsed ?? TimeSpan.Zero;

    private void Check(FailureBudget limits, long count, string setting, string what)
    {
        if (limits.FindExcess(count, Count.RowsTried, setting) is { } excess)
        {
            throw Exceeded(count, what, excess);
        }
    }

    private BadSampleException Exceeded(long count, string what, string limit)
    {
        string worst = string.Join("; ", _worst.Select(Name));
        return new BadSampleException($"{count} of {Count.RowsTried} rows {what}: {limit}. The worst of them: {worst}", [.. _worst]);
    }

    private static string Name(SampleFault fault) =>
        fault.Clip is { } clip ? $"line {fault.Line} {clip.AsWritten}: {fault.Message}" : $"line {fault.Line}: {fault.Message}";
}

namespace ClipGuard.Loading;

/// <summary>
/// How much failure a run accepts before it stops, so that a broken installation is not taken for a bad dataset. Bad rows and clips count each time they are
/// tried, substitutes included. It is checked batch by batch, in the order of delivery.
/// </summary>
public sealed record FailureBudget
{
    /// <summary>No limit.</summary>
    public static FailureBudget Unlimited { get; } = new() { MaxRate = 1 };

    /// <summary>Most faults in one epoch; null (the default) for no such limit.</summary>
    public long? MaxFaults { get; init; }

    /// <summary>Largest share of rows that gave no sample among all rows that an epoch has tried so far, in [0, 1]. Default 0.1.</summary>
    public double MaxRate { get; init; } = 0.1;

    /// <summary>Rows tried before the rate is checked. Default 100.</summary>
    public long Probation { get; init; } = 100;

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
/// <param name="Faults">How many of them gave no sample.</param>
internal readonly record struct FailureCount(long RowsTried, long Faults);

/// <summary>Keeps account of a <see cref="FailureBudget"/>.</summary>
/// <param name="budget">The budget.</param>
/// <param name="before">What this epoch had seen before.</param>
internal sealed class FailureAccount(FailureBudget budget, FailureCount before = default)
{
    private const int NamedFaults = 5;

    private readonly List<SampleFault> _worst = [];

    /// <summary>What was counted so far.</summary>
    public FailureCount Count { get; private set; } = before;

    /// <summary>Takes one batch into account.</summary>
    /// <exception cref="BadSampleException">The budget is exceeded.</exception>
    public void Add(int rowsTried, IReadOnlyList<SampleFault> faults)
    {
        Count = new FailureCount(Count.RowsTried + rowsTried, Count.Faults + faults.Count);

        // The worst faults are those that cost most time. The sort is stable: of faults that cost the same, the first ones stay.
        _worst.AddRange(faults);
        SampleFault[] worst = [.. _worst.OrderByDescending(static fault => fault.Verdict?.PostMortem.Elapsed ?? TimeSpan.Zero).Take(NamedFaults)];
        _worst.Clear();
        _worst.AddRange(worst);
        if (Count.Faults > budget.MaxFaults)
        {
            throw Exceeded($"more than the {budget.MaxFaults} that {nameof(FailureBudget)}.{nameof(FailureBudget.MaxFaults)} allows");
        }

        if (Count.RowsTried >= budget.Probation && Count.Faults > budget.MaxRate * Count.RowsTried)
        {
            double rate = (double)Count.Faults / Count.RowsTried;
            throw Exceeded(FormattableString.Invariant(
                $"{rate:P1}, more than the {budget.MaxRate:P1} that {nameof(FailureBudget)}.{nameof(FailureBudget.MaxRate)} allows"));
        }
    }

    private BadSampleException Exceeded(string limit)
    {
        string worst = string.Join("; ", _worst.Select(Name));
        return new BadSampleException($"{Count.Faults} of {Count.RowsTried} rows gave no sample: {limit}. The worst of them: {worst}", [.. _worst]);
    }

    private static string Name(SampleFault fault) =>
        fault.Clip is { } clip ? $"line {fault.Line} {clip.AsWritten}: {fault.Message}" : $"line {fault.Line}: {fault.Message}";
}

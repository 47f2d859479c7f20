using ClipGuard.Runs;

namespace ClipGuard.Loading;

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
        faults = [.. faults.Where(static fault => !fault.IsDropped)];
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

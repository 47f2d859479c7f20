namespace ClipGuard.Loading;

/// <summary>
/// How much failure a run accepts: a broken installation must not look like a bad dataset. Bad rows and clips count, each time they are met;
/// substitutes that fail count too. It is checked batch by batch in the order of the plan.
/// </summary>
public sealed record FailureBudget
{
    /// <summary>No limit.</summary>
    public static FailureBudget Unlimited { get; } = new() { MaxRate = 1 };

    /// <summary>Most faults in one epoch; null (the default) for no such limit.</summary>
    public long? MaxFaults { get; init; }

    /// <summary>Largest share of faulty tries among all tries of an epoch so far, in [0, 1]. Default 0.1.</summary>
    public double MaxRate { get; init; } = 0.1;

    /// <summary>Tries before the rate is looked at. Default 100.</summary>
    public long Probation { get; init; } = 100;
}

/// <summary>Keeps account of a <see cref="FailureBudget"/>.</summary>
internal sealed class FailureAccount(FailureBudget budget)
{
    private const int NamedFaults = 5;

    private readonly Queue<SampleFault> _last = [];
    private long _tries;
    private long _faults;

    /// <summary>Takes one batch into account.</summary>
    /// <exception cref="BadSampleException">It is one too many.</exception>
    public void Add(int tries, IReadOnlyList<SampleFault> faults)
    {
        _tries += tries;
        _faults += faults.Count;
        foreach (SampleFault fault in faults)
        {
            _last.Enqueue(fault);
            if (_last.Count > NamedFaults)
            {
                _last.Dequeue();
            }
        }

        if (_faults > budget.MaxFaults)
        {
            throw Exceeded($"more than the {budget.MaxFaults} that {nameof(FailureBudget)}.{nameof(FailureBudget.MaxFaults)} allows");
        }

        if (_tries >= budget.Probation && _faults > budget.MaxRate * _tries)
        {
            throw Exceeded(FormattableString.Invariant(
                $"{(double)_faults / _tries:P1}, more than the {budget.MaxRate:P1} that {nameof(FailureBudget)}.{nameof(FailureBudget.MaxRate)} allows"));
        }
    }

    private BadSampleException Exceeded(string limit)
    {
        string named = string.Join("; ", _last.Select(static fault => $"line {fault.Line}{(fault.Clip is { } clip ? $" {clip.AsWritten}" : string.Empty)}: {fault.Message}"));
        return new BadSampleException($"{_faults} of {_tries} tries gave no sample: {limit}. The last of them: {named}", [.. _last]);
    }
}

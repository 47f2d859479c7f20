using ClipGuard.Supervision;

namespace ClipGuard.Verdicts;

/// <summary>
/// Holds the faults that helpers have found which had found one before, until a fresh helper has come to the same as such a helper: where it comes to
/// something else, those since the last confirmation are to be doubted, and a store must not keep them. Not thread-safe.
/// </summary>
internal sealed class ReusedHelperFaultBuffer
{
    private readonly List<(StoreLine Line, VerdictConditions Conditions, long Confirmed)> _held = [];

    /// <summary>Holds a fault back.</summary>
    /// <param name="line">The fault.</param>
    /// <param name="conditions">What it was come to under.</param>
    /// <param name="reuse">What has come of such helpers so far.</param>
    public void Hold(StoreLine line, VerdictConditions conditions, ReuseAfterFaultReport reuse) => _held.Add((line, conditions, reuse.ConfirmedCount));

    /// <summary>Takes out the faults that are to be doubted no more, and forgets those that are to be doubted for good.</summary>
    /// <param name="reuse">What has come of such helpers so far.</param>
    /// <param name="isEnd">Whether nothing more comes: what nobody has contradicted then counts, as in the reports of a run.</param>
    /// <returns>The faults to keep, in their order.</returns>
    public IReadOnlyList<(StoreLine Line, VerdictConditions Conditions)> Release(ReuseAfterFaultReport reuse, bool isEnd)
    {
        if (_held.Count == 0)
        {
            return [];
        }

        (StoreLine, VerdictConditions)[] confirmed =
        [
            .. _held.Where(held => held.Confirmed < reuse.ConfirmedCount || (isEnd && reuse.Disagreement is null))
                .Select(static held => (held.Line, held.Conditions)),
        ];
        _held.RemoveAll(held => held.Confirmed < reuse.ConfirmedCount || isEnd || reuse.Disagreement is not null);
        return confirmed;
    }
}

using ClipGuard.Media;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// Whether helpers may stay in use after they have found a fault, what came of it, and which of their findings a fresh helper is asked about. Pure.
/// </summary>
/// <param name="confirmOneIn">One in so many findings of helpers that have had one before is confirmed; 0 where no helper stays in use.</param>
internal sealed class ReuseAfterFaults(int confirmOneIn)
{
    // None of these ever falls, but for _unconfirmed, which counts from the last finding that was confirmed.
    private long _kept;
    private long _notKept;
    private long _confirmed;
    private long _unconfirmed;

    // Counts down to the next finding that is confirmed: the first at once. 1 ≤ _untilConfirmed ≤ confirmOneIn while helpers stay in use.
    private int _untilConfirmed = 1;

    // The first one; once set it stays, and no helper stays in use any more.
    private string? _disagreement;

    /// <summary>True where a helper may stay in use after a fault.</summary>
    public bool IsAllowed => confirmOneIn > 0 && _disagreement is null;

    /// <summary>What came of it so far.</summary>
    public ReuseAfterFaultReport Report => new()
    {
        KeptCount = _kept,
        NotKeptCount = _notKept,
        ConfirmedCount = _confirmed,
        UnconfirmedCount = _unconfirmed,
        Disagreement = _disagreement,
    };

    /// <summary>A helper stays in use after a fault.</summary>
    public void Kept() => _kept++;

    /// <summary>A helper is not used again after a fault, because of the check that followed.</summary>
    public void NotKept() => _notKept++;

    /// <summary>A helper that had found a fault before has found another one.</summary>
    /// <returns>True where a fresh helper is to be asked as well.</returns>
    public bool IsToConfirm()
    {
        if (IsAllowed && --_untilConfirmed > 0)
        {
            _unconfirmed++;
            return false;
        }

        _untilConfirmed = confirmOneIn;
        return true;
    }

    /// <summary>A fresh helper was asked, and what it came to.</summary>
    /// <param name="found">What the other one had found.</param>
    /// <param name="source">In which clip.</param>
    /// <param name="fresh">What the fresh one found; null for no fault, or where something that is not the clip's stood in its way.</param>
    /// <param name="isSettled">False where something stood in its way: then the next finding is confirmed in its stead.</param>
    /// <returns>Null where the two agree, or nothing can be said.</returns>
    public ReuseDisagreement? Compare(ClipFault found, ClipSource source, ClipFault? fresh, bool isSettled)
    {
        if (!isSettled)
        {
            _untilConfirmed = 1;
            return null;
        }

        if (fresh?.Kind == found.Kind)
        {
            _confirmed++;
            _unconfirmed = 0;
            return null;
        }

        bool isFirst = _disagreement is null;
        string other = fresh is null ? "no fault" : $"{fresh.Kind} ({fresh.Message})";
        string disagreement = $"{source}: a helper that had found faults before said {found.Kind} ({found.Message}), and a fresh one says {other}.";
        _disagreement ??= disagreement;
        return new ReuseDisagreement(disagreement, _unconfirmed, isFirst);
    }
}

/// <summary>A fresh helper has come to something else than one that had found faults before.</summary>
/// <param name="Text">Which clip, and who said what.</param>
/// <param name="Unconfirmed">Findings of such helpers since the last one that was confirmed: those to doubt.</param>
/// <param name="IsFirst">True for the first of the pool: from now on no helper stays in use after a fault.</param>
internal readonly record struct ReuseDisagreement(string Text, long Unconfirmed, bool IsFirst);

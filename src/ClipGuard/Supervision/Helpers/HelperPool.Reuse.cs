using ClipGuard.Media;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision.Helpers;

// Helpers that stay in use after they have found a fault, and whether they may. All under the lock, but for what supervisors ask for.
internal sealed partial class HelperPool
{
    /// <summary>True where a helper may stay in use after a fault.</summary>
    public bool ReusesAfterFaults => _options.ConfirmOneIn > 0 && _disagreement is null;

    /// <summary>What came of it so far.</summary>
    public HelperReuse Reuse
    {
        get
        {
            lock (_gate)
            {
                return new HelperReuse
                {
                    KeptCount = _kept,
                    NotKeptCount = _notKept,
                    ConfirmedCount = _confirmed,
                    UnconfirmedCount = _unconfirmed,
                    Disagreement = _disagreement,
                };
            }
        }
    }

    /// <summary>The known clip that goes through the same decoder as clips with a spec do.</summary>
    public KnownClip KnownClipFor(ClipSpec spec)
    {
        string decoder = $"{spec.Kind} {(spec as AudioSpec)?.Decoder}";
        if (!_knownClips.TryGetValue(decoder, out KnownClip? known))
        {
            _knownClips.Add(decoder, known = KnownClip.For(spec, _options));
        }

        return known;
    }

    /// <summary>A helper stays in use after a fault.</summary>
    public void Kept() => _kept++;

    /// <summary>A helper is not used again after a fault, because of the check that followed.</summary>
    public void NotKept(Helper helper, string reason)
    {
        _notKept++;
        int pid = helper.Process.Pid;
        LogLater(logger => LogNotKept(logger, pid, reason));
    }

    /// <summary>A helper that had found a fault before has found another one.</summary>
    /// <returns>True where a fresh helper is to be asked as well.</returns>
    public bool IsToConfirm()
    {
        if (ReusesAfterFaults && --_untilConfirmed > 0)
        {
            _unconfirmed++;
            return false;
        }

        _untilConfirmed = _options.ConfirmOneIn;
        return true;
    }

    /// <summary>A fresh helper was asked, and what it came to. From any thread.</summary>
    /// <param name="found">What the other one had found.</param>
    /// <param name="source">In which clip.</param>
    /// <param name="fresh">What the fresh one found; null for no fault, or where something that is not the clip's stood in its way.</param>
    /// <param name="isSettled">False where something stood in its way.</param>
    public void Compare(ClipFault found, ClipSource source, ClipFault? fresh, bool isSettled)
    {
        lock (_gate)
        {
            if (!isSettled)
            {
                // The next one is confirmed in its stead.
                _untilConfirmed = 1;
            }
            else if (fresh?.Kind == found.Kind)
            {
                _confirmed++;
                _unconfirmed = 0;
            }
            else
            {
                Disagree(found, source, fresh);
            }
        }
    }

    private void Disagree(ClipFault found, ClipSource source, ClipFault? fresh)
    {
        bool isFirst = _disagreement is null;
        string other = fresh is null ? "no fault" : $"{fresh.Kind} ({fresh.Message})";
        string disagreement = $"{source}: a helper that had found faults before said {found.Kind} ({found.Message}), and a fresh one says {other}.";
        _disagreement ??= disagreement;
        long doubtful = _unconfirmed;
        LogLater(logger => LogDisagreement(logger, disagreement, doubtful));
        if (isFirst)
        {
            foreach (Helper helper in _ready.FindAll(static helper => helper.HasFoundFault))
            {
                helper.Step(HelperEvent.Retired);
            }
        }
    }

    /// <summary>Gives back what a decode has taken of a helper's shared memory, outside the lock, and then has the helper checked.</summary>
    public void TrimAndCheck(Helper helper)
    {
        helper.Process.Memory.AddReference();
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                work.Helper.Process.Memory.Trim(work.Helper.Process.Memory.PayloadCapacity);
                work.Helper.Process.Memory.Dispose();
                lock (work.Pool._gate)
                {
                    work.Helper.SendCheck();
                }
            },
            (Pool: this, Helper: helper),
            preferLocal: false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Helper {Pid} is not used again after a fault: asked for a known clip, it {Reason}")]
    private static partial void LogNotKept(ILogger logger, int pid, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Helpers are not to be trusted after a fault, and from now on none is used again after one. {Disagreement} Findings of such helpers since "
            + "the last one that was confirmed: {Unconfirmed}")]
    private static partial void LogDisagreement(ILogger logger, string disagreement, long unconfirmed);
}

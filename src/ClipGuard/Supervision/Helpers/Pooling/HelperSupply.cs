using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>
/// How many helpers there are: as many as decodes may compute at once, some spare ones, and while decodes wait others beside them. Starts what is missing,
/// puts starts off while they fail, retires what is too many, and knows when all are gone. Under the pool's lock.
/// </summary>
/// <param name="options">How many are kept, and when failed starts are tried again.</param>
/// <param name="clocks">The thread that keeps the clocks of helpers.</param>
/// <param name="starts">How they are started.</param>
/// <param name="capacity">How many are wanted beside the workers', and whether there is memory for them.</param>
/// <param name="warm">Those without work.</param>
/// <param name="end">Whether more are started, and what is done where none can be.</param>
/// <param name="log">Where failed starts are told.</param>
/// <param name="pool">Whose helpers they are.</param>
internal sealed class HelperSupply(
    SupervisorOptions options,
    HelperEventLoop clocks,
    HelperStarter starts,
    PoolCapacityShare capacity,
    WarmHelpers warm,
    PoolShutdownState end,
    HelperLog log,
    HelperPool pool)
{
    // A run of a few clips is over by then.
    private static readonly TimeSpan SparesAfter = TimeSpan.FromSeconds(1);

    // Those whose processes live, ready or not, in use or not: the warm ones are among them, and so are those that are stuck in the kernel.
    private readonly HashSet<Helper> _all = [];
    private readonly HelperPoolSize _counts = new(options.Workers, options.Spares);
    private readonly StartFailures _failures = new();

    // True while a reminder is set for the next try after failed starts: no more than one at a time.
    private bool _retryIsSet;

    // True once the thread that keeps the clocks is to end with the last helper.
    private bool _clocksEndWithTheLast;

    /// <summary>Those that have not said yet that they are ready.</summary>
    public int Starting => _counts.Starting;

    /// <summary>True from a failed start until a helper is ready.</summary>
    public bool StartsFail => _failures.Any;

    /// <summary>The workers' helpers are started at once, and the spares a moment later, because they would make that only longer.</summary>
    public void Begin()
    {
        KeepUp();
        clocks.Remind(MonotonicTime.After(SparesAfter), KeepSpares);
    }

    /// <summary>From the first helper that is lost, or fresh one that is asked for, or a moment after the beginning on there are spares.</summary>
    public void KeepSpares()
    {
        _counts.KeepsSpares = true;
        KeepUp();
    }

    /// <summary>Starts what is missing. While starts fail and other helpers still decode, one after each <c>RetryStartsAfter</c>.</summary>
    public void KeepUp()
    {
        while (MayStart)
        {
            if (_failures.Reason is not null)
            {
                RetryLater();
                return;
            }

            Start();
        }
    }

    /// <summary>A helper has said for the first time that it is ready.</summary>
    public void BecameReady()
    {
        _counts.BecomeReady();
        _failures.Forget();

        // Starts succeed again: those that were put off while they failed are made up for.
        KeepUp();
    }

    /// <summary>A helper did not start, for a reason of its own.</summary>
    public void StartFailed(string reason, bool decoderMissing)
    {
        log.StartFailed(reason);
        _failures.Add(reason, decoderMissing);
        GiveUpIfHopeless();
    }

    /// <summary>A helper can decode no more: another one is started for it.</summary>
    public void Lost(Helper helper)
    {
        _counts.Lose(wasReady: helper.Greeting is not null);
        _counts.KeepsSpares = true;
        warm.Remove(helper);
        GiveUpIfHopeless();
        KeepUp();
    }

    /// <summary>
    /// Retires helpers that were started beside decodes that waited. They stay warm for the next ones that do, but not where memory is short.
    /// </summary>
    public void RetireSurplus()
    {
        while (_counts.AreMoreThanKept && warm.LongestUnused is { } used && !capacity.HasRoom())
        {
            used.Step(HelperEvent.Retired);
        }
    }

    /// <summary>A helper is reaped.</summary>
    public void Remove(Helper helper) => _all.Remove(helper);

    /// <summary>Ends all helpers, whatever they do.</summary>
    public void CancelAll()
    {
        foreach (Helper helper in _all.ToArray())
        {
            helper.CancelAny();
        }
    }

    /// <summary>True where no start is pending, and no helper is left but for so many.</summary>
    public bool AreGoneBut(int unkillable) => !_counts.AwaitsProcesses && _all.Count == unkillable;

    /// <summary>Has the thread that keeps the clocks end with the last helper.</summary>
    /// <returns>False where there is none: then it is to be ended at once.</returns>
    public bool EndClocksWithTheLast() => _clocksEndWithTheLast = _all.Count > 0;

    /// <summary>Ends the thread that keeps the clocks where it was to end with the last helper, and that is gone.</summary>
    public void EndClocksIfLast()
    {
        if (_clocksEndWithTheLast && _all.Count == 0)
        {
            clocks.Dispose();
        }
    }

    // More starts at a time than there are processors take each other's time, and then all of them are late: 64 helpers at 4 % of a processor never came up.
    private bool MayStart => LacksHelpers && _counts.Starting < AvailableProcessors.Count;

    // While somebody waits for a helper, there are as many beside those of the workers as decodes wait, as far as there is memory.
    private bool LacksHelpers => !end.HasCome
        && (_counts.AreFewerThanKeptAnd(0) || (capacity.HelpersBeside is > 0 and var beside && _counts.AreFewerThanKeptAnd(beside) && capacity.HasRoom()));

    private void Start()
    {
        _counts.BeginStart();
        starts.Begin(EndStart);
    }

    private void EndStart(long id, HelperProcess? process, string failure)
    {
        if (process is null)
        {
            _counts.FailStart();
            StartFailed(failure, decoderMissing: false);
            KeepUp();
            pool.EndIfEmpty();
            return;
        }

        _counts.HasProcess();
        var helper = new Helper(id, process, pool, options);
        _all.Add(helper);
        clocks.Add(helper);
        process.Reaped = () => clocks.Post(() => EndReaped(helper));
        if (end.HasCome)
        {
            helper.CancelAny();
        }
    }

    // What a template forked is reaped by the template, which tells so here.
    private void EndReaped(Helper helper)
    {
        if (_all.Contains(helper))
        {
            helper.OnEnded();
        }
    }

    private void RetryLater()
    {
        if (!_retryIsSet)
        {
            _retryIsSet = true;
            clocks.Remind(MonotonicTime.After(options.RetryStartsAfter), () =>
            {
                _retryIsSet = false;
                if (LacksHelpers)
                {
                    Start();
                }
            });
        }
    }

    // Starts that fail while other helpers decode may be a passing failure. It is final after ten, because second attempts need new helpers, and at once where
    // no helper is left that could decode.
    private void GiveUpIfHopeless()
    {
        if (_failures.Reason is { } reason && (_failures.AreFinal || !_all.Any(static helper => helper.IsOfUse)))
        {
            end.GiveUp(reason);
        }
    }
}

using System.Diagnostics;

using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Accounting;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// One helper: its state, and the carrying out of what <see cref="HelperStateMachine"/> says. What it is asked and answers, its clocks, why it fails and
/// whether it is still sound after a fault are classes of their own. Everything here happens under the pool's lock.
/// </summary>
internal sealed partial class Helper
{
    private const int KeptErrorBytes = 4096;

    private readonly HelperPool _pool;
    private readonly SupervisorOptions _options;
    private readonly PipeTail _errors;
    private readonly ProcessUsage _use;
    private readonly DecodeMeter _measurement;
    private readonly HelperClocks _clocks;
    private readonly FailureDiagnosis _examination;
    private readonly HelperInbox _inbox;
    private readonly HelperDecode _decode;
    private readonly ReuseCheck _check;

    // Whether its decode waits, and leaves its place to another one.
    private bool _isWaiting;

    /// <summary>A helper whose process has just been started.</summary>
    public Helper(long id, HelperProcess process, HelperPool pool, SupervisorOptions options)
    {
        Id = id;
        Process = process;
        _pool = pool;
        _options = options;
        _errors = new PipeTail(process.Errors, KeptErrorBytes);
        _use = ProcessUsage.OfHelper(process.Pid);
        _measurement = new DecodeMeter(process, _use, _errors);
        _clocks = new HelperClocks(options, Stopwatch.GetTimestamp());
        _examination = new FailureDiagnosis(options, _measurement, process.Home, pool.Reuse);
        _inbox = new HelperInbox(process);
        _decode = new HelperDecode(process, _measurement, _examination);
        _check = new ReuseCheck(process, _use, _measurement, pool, options.ReuseGrowthBytes);
    }

    /// <summary>A number within the pool.</summary>
    public long Id { get; }

    /// <summary>The process.</summary>
    public HelperProcess Process { get; }

    /// <summary>Where it is in its life.</summary>
    public HelperState State { get; private set; } = HelperState.Starting;

    /// <summary>Decodes that were given to it. One with none is fresh.</summary>
    public int Decodes { get; private set; }

    /// <summary>True for one that was ready once and may decode, or read out, still.</summary>
    public bool IsOfUse => State is HelperState.Ready or HelperState.Decoding or HelperState.Delivered or HelperState.Checking or HelperState.Finishing;

    /// <summary>True once a decoder of its has found a fault in a clip.</summary>
    public bool HasFoundFault { get; private set; }

    /// <summary>True once it was killed and did not end in time.</summary>
    public bool WasUnkillable { get; private set; }

    /// <summary>
    /// True once it was unkillable because it waits for the storage that its clip lies on: until it ends, no other decode takes its place.
    /// </summary>
    public bool KeepsItsLease { get; private set; }

    /// <summary>What it said of itself when it was ready.</summary>
    public ReadyMessage? Greeting => _inbox.Greeting;

    /// <summary>Carries one event through the table.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="detail">What exactly, for the report.</param>
    /// <param name="exit">How the process ended, with <see cref="HelperEvent.Exited"/>.</param>
    public void Step(HelperEvent happened, string? detail = null, ProcessExit exit = default)
    {
        HelperState before = State;
        HelperStep step = HelperStateMachine.Next(before, happened);
        if (step.Actions.HasFlag(HelperAction.Examine))
        {
            Examine(new HelperFailure(happened, before, detail, exit, _clocks.HadItsGrace(Stopwatch.GetTimestamp())));
        }

        State = step.Next;
        if (before != step.Next)
        {
            _clocks.Enter(step.Next, Stopwatch.GetTimestamp());
        }

        if (State is not (HelperState.Decoding or HelperState.Finishing))
        {
            SetWaiting(false);
        }

        if (step.Actions.HasFlag(HelperAction.Kill))
        {
            Process.Kill();
            bool wasExamined = step.Actions.HasFlag(HelperAction.Examine);
            KillCounter.Add(wasExamined && _decode.Ending is AttemptResult.Faulted { Fault.Kind: var kind } ? kind.ToString() : null);
            _pool.Watch.IgnoreSocket(this);
        }

        if (step.Actions.HasFlag(HelperAction.Close))
        {
            _pool.Watch.IgnoreSocket(this);
            Process.CloseSocket();
        }

        if (step.Actions.HasFlag(HelperAction.Conclude))
        {
            Conclude(exit);
        }

        if (step.Actions.HasFlag(HelperAction.Check))
        {
            BeginCheck();
        }

        if (step.Actions.HasFlag(HelperAction.Replace))
        {
            _pool.Supply.Lost(this);
        }

        if (step.Actions.HasFlag(HelperAction.Release))
        {
            _pool.Watch.Forget(this);
            Process.CloseDescriptors();
            _use.Dispose();
            _pool.Forget(this);
        }

        if (step.Actions.HasFlag(HelperAction.Offer))
        {
            _pool.Offer(this);
        }

        if (step.Next == HelperState.Unkillable && before != step.Next)
        {
            WasUnkillable = true;
            _pool.Unkillable(this);
        }

        _pool.Watch.Arm(NextWake());
    }

    /// <summary>Takes one message from the socket.</summary>
    /// <returns>False where there was none.</returns>
    public bool OnReadable()
    {
        if (_inbox.Receive(_pool.Watch.MessageBuffer, _decode.Attempt, isChecked: State == HelperState.Checking) is not { } heard)
        {
            return false;
        }

        switch (heard)
        {
            case { Event: HelperEvent.HungUp }:
                _pool.Watch.IgnoreSocket(this);
                Step(HelperEvent.HungUp);
                return false;
            case { Event: HelperEvent.SaidReady }:
                _check.NoteReady();
                Step(HelperEvent.SaidReady, heard.Detail);
                return true;
            case { Reply: { } reply } when State == HelperState.Checking:
                Step(_check.Judge(reply));
                return true;
            case { Reply: { } reply }:
                OnReply(reply);
                return true;
            default:
                Step(heard.Event, heard.Detail);
                return true;
        }
    }

    /// <summary>The process has ended: reads what it said last, reaps it, and steps.</summary>
    public void OnEnded()
    {
        while (_pool.Watch.ListensTo(this) && OnReadable())
        {
        }

        if (State != HelperState.Gone && Process.TryReap(out ProcessExit exit))
        {
            _errors.Drain();
            Step(HelperEvent.Exited, exit.ToString(), exit);
        }
        else if (State != HelperState.Gone && Process.IsForked)
        {
            // Its end is known, and would be told again and again until its parent has waited for it.
            _pool.Watch.IgnoreEnd(this);
        }
    }

    /// <summary>It wrote to its standard error.</summary>
    public void OnErrors()
    {
        if (_errors.Drain() == 0)
        {
            _pool.Watch.IgnoreErrors(this);
        }
    }

    /// <summary>The next moment at which <see cref="CheckClocks"/> has to run.</summary>
    public long NextWake() => _clocks.NextWake(
        State is not (HelperState.Decoding or HelperState.Finishing) ? default : new DecodeTimes(
            _measurement.NextSample,
            _measurement.EarliestUsable(_decode.Attempt!.TimeLimits.Deadline),
            _measurement.EarliestStall(_options.StallLimit)));

    /// <summary>Lets the time pass: takes a sample, warns, or steps where a clock has run out.</summary>
    public void CheckClocks(long now)
    {
        if (now < NextWake())
        {
            return;
        }

        if (State is HelperState.Decoding or HelperState.Finishing)
        {
            CheckDecode(now);
        }
        else
        {
            CheckGrace(now);
        }
    }

    private void Examine(HelperFailure failure)
    {
        if (_decode.Attempt is null)
        {
            string reason = _examination.StartFailure(failure, _inbox.SaidDecoderMissing, _errors.Lines());
            _pool.Supply.StartFailed(reason, _inbox.SaidDecoderMissing);
        }
        else
        {
            _decode.Fail(failure, _inbox.Bug);
        }
    }

    private void CheckDecode(long now)
    {
        _measurement.Sample(now);
        LookWhetherItWaits(now);
        if (_clocks.CheckDecode(now, _measurement.Time.Usable, _measurement.UsableSinceProgress) is { } happened)
        {
            Step(happened);
        }
        else if (HoldsTooMuch() || Process.Home is { Use.IsTooMuch: true })
        {
            Step(HelperEvent.OverMemory);
        }
    }

    private void CheckGrace(long now)
    {
        _clocks.AddGrace(TimeSample.Take(now, Nanoseconds(_use.CpuTime()), bytesWaitNanoseconds: 0, Process.Pid));
        if (_clocks.SaySlowStart(now))
        {
            _pool.Log.SlowStart(Process.Pid, _options);
        }

        if (_clocks.IsGraceOver(now))
        {
            Step(HelperEvent.TimeOver);
        }
    }

    private void LookWhetherItWaits(long now)
    {
        bool movedLately = now - _measurement.ProgressAt < _clocks.DecodeTick / 2;
        SetWaiting(_measurement.Wait switch
        {
            OffCpuReason.Blocked => true,
            OffCpuReason.ForBytes => movedLately || _pool.Storage.HasAnsweredSince(_measurement.ProgressAt),
            _ => false,
        });
        if (_isWaiting)
        {
            _pool.Leases.ServeBeside();
        }
    }

    private void SetWaiting(bool waits)
    {
        if (waits != _isWaiting)
        {
            _isWaiting = waits;
            _pool.Leases.Wait(waits);
        }
    }

    // The kernel counts private memory against the limit that the helper has set itself, and only while it can be written to. All that is held is looked at
    // here. The payload has a limit of its own.
    private bool HoldsTooMuch() => _use.HeldBytes(Process.Memory.AllocatedBytes) > _use.MemoryLimitBytes;
}

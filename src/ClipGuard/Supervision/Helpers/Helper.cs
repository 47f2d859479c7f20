using System.Diagnostics;

using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// One helper: its state, the decode that it is leased to, and the carrying out of what <see cref="HelperLife"/> says.
/// Everything here happens under the pool's lock, but for <see cref="TakeInput"/>.
/// </summary>
internal sealed partial class Helper
{
    private const int KeptErrorBytes = 4096;

    private readonly HelperPool _pool;
    private readonly SupervisorOptions _options;
    private readonly PipeTail _errors;
    private readonly long _startedAt;

    private readonly ProcessUse _use;
    private readonly DecodeMeasurement _measurement;

    private bool _slowStartSaid;
    private Attempt? _attempt;
    private ReplyMessage? _reply;
    private AttemptResult.DecoderBug? _bug;
    private AttemptResult? _ending;

    /// <summary>A helper whose process has just been started.</summary>
    public Helper(long id, HelperProcess process, HelperPool pool, SupervisorOptions options)
    {
        Id = id;
        Process = process;
        _pool = pool;
        _options = options;
        _errors = new PipeTail(process.Errors, KeptErrorBytes);
        _startedAt = Stopwatch.GetTimestamp();
        _use = ProcessUse.OfHelper(process.Pid);
        _measurement = new DecodeMeasurement(process, _use, _errors);
        SetTimer(HelperState.Starting);
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

    /// <summary>True once it was killed and did not end in time.</summary>
    public bool WasUnkillable { get; private set; }

    /// <summary>
    /// True once it was unkillable because it waits for the storage that its clip lies on: until it ends, no other decode takes its place.
    /// </summary>
    public bool KeepsItsLease { get; private set; }

    /// <summary>What it said of itself when it was ready.</summary>
    public ReadyMessage? Greeting { get; private set; }

    /// <summary>Carries one event through the table.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="detail">What exactly, for the report.</param>
    /// <param name="exit">How the process ended, with <see cref="HelperEvent.Exited"/>.</param>
    public void Step(HelperEvent happened, string? detail = null, ProcessExit exit = default)
    {
        HelperState before = State;
        HelperStep step = HelperLife.Next(before, happened);
        if (step.Actions.HasFlag(HelperAction.Examine))
        {
            if (_attempt is null)
            {
                _pool.Supply.StartFailed(StartFailure(happened, detail, exit), _saidDecoderMissing);
            }
            else
            {
                _ending = Examine(happened, before, detail, exit);
            }
        }

        State = step.Next;
        if (before != step.Next)
        {
            SetTimer(step.Next);
        }

        if (State is not (HelperState.Decoding or HelperState.Finishing))
        {
            SetWaiting(false);
        }

        if (step.Actions.HasFlag(HelperAction.Kill))
        {
            Process.Kill();
            KillCounter.Add(step.Actions.HasFlag(HelperAction.Examine) && _ending is AttemptResult.Faulted { Fault.Kind: var kind } ? kind.ToString() : null);
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
}

using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Supervision.Helpers;

// A lease: from the request to the verdict, and to the end of reading.
internal sealed unsafe partial class Helper
{
    private long _deadlineAt;
    private bool _cancelled;

    /// <summary>True for a helper that is used for one decode only.</summary>
    private bool IsSingleUse => _options.Isolation == Isolation.FreshPerDecode;

    /// <summary>Copies the bytes of a clip that travels in memory to the payload's start. Outside the lock; the memory is shared meanwhile.</summary>
    /// <returns>What the caller's memory threw when it was read, or null.</returns>
    public Exception? TakeInput(Attempt attempt)
    {
        try
        {
            ((MemorySource)attempt.Request.Source).Bytes.Span.CopyTo(new Span<byte>(Process.Memory.Payload, (int)attempt.InputLength));
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    /// <summary>Gives it a decode, whose input it has. Both clocks start here.</summary>
    public void Dispatch(Attempt attempt)
    {
        Decodes++;
        _attempt = attempt;
        _reply = null;
        _ending = null;
        attempt.DispatchedAt = Stopwatch.GetTimestamp();
        _measurement.Begin(attempt.DispatchedAt, DecodeTick);
        _deadlineAt = attempt.DispatchedAt + Nanoseconds(attempt.Patience.WallLimit);
        _pool.Leases.Began(attempt);
        Step(HelperEvent.Leased);
        string? reason = attempt.Request.Source is DescriptorSource { Descriptor: var clip }
            ? MessageSocket.Send(Process.Socket, attempt.Message, clip)
            : MessageSocket.Send(Process.Socket, attempt.Message);
        if (reason is null)
        {
            return;
        }

        // The helper died while it was idle, and its end has not been noticed yet: the clip was not touched, and the lease ends.
        _attempt = null;
        var failure = new AttemptResult.InfrastructureFailure($"The request could not be sent to the helper: {reason}");
        _pool.Leases.Ended(attempt, failure);
        attempt.Conclude(failure);
        Step(HelperEvent.Cancelled);
        _pool.Leases.End();
    }

    /// <summary>The payload of a delivered clip has been read: the helper is used again if it is still good.</summary>
    public void Release()
    {
        bool alive = State == HelperState.Delivered;
        bool isWanted = alive && !IsWorn() && (!HasFoundFault || _pool.Reuse.IsAllowed);
        if (isWanted)
        {
            _use.ForgetPeak();
        }

        Step(alive && !isWanted ? HelperEvent.Retired : HelperEvent.Released);
    }

    private bool IsWorn() => Decodes >= _options.RecycleAfter || _use.ResidentBytes() > _options.RecycleAboveBytes;

    /// <summary>The caller of this attempt gave up.</summary>
    public void Cancel(Attempt attempt)
    {
        if (_attempt == attempt)
        {
            _cancelled = true;
            Step(HelperEvent.Cancelled);
        }
    }

    /// <summary>The supervisor is being disposed: ends it, whatever it does.</summary>
    public void CancelAny()
    {
        _cancelled = true;
        Step(HelperEvent.Cancelled);
    }

    private void Conclude(ProcessExit exit)
    {
        if (_attempt is not { } attempt)
        {
            return;
        }

        _attempt = null;
        attempt.ConcludedAt = Stopwatch.GetTimestamp();
        if (!_cancelled && _ending is null && _reply?.Clip is { } clip && (State == HelperState.Delivered || exit.IsClean))
        {
            // The memory has an owner more until the payload has been read: the process may end meanwhile, and releases only its own share.
            Process.Memory.AddReference();
            ReadSpent(attempt);
            var delivered = new AttemptResult.Delivered(clip);
            _pool.Leases.Ended(attempt, delivered);
            attempt.Conclude(delivered);
            return;
        }

        // A helper that the kernel holds while it waits for storage keeps its lease: another one beside it would only be stuck there too.
        // Its own mark says so, or the state of its threads did when it was examined.
        KeepsItsLease = State == HelperState.Unkillable
            && (Progress.WaitsForBytes(Process.Memory.Marks) || _ending is AttemptResult.Unsettled { WaitedForStorage: true });

        // The next decode is dispatched before this caller is woken: waking it may take the processor from this thread.
        AttemptResult? result = _cancelled ? null : _ending ?? BadExit(exit);
        _pool.Leases.Ended(attempt, result);
        if (!KeepsItsLease && State != HelperState.Ready)
        {
            _pool.Leases.End();
        }

        if (result is null)
        {
            attempt.Cancel();
        }
        else
        {
            attempt.Conclude(result);
        }
    }

    // The helper's own word, believed up to the time that the decode took.
    private void ReadSpent(Attempt attempt)
    {
        MarksPage* marks = Process.Memory.Marks;
        long left = attempt.ConcludedAt - attempt.DispatchedAt;
        long Part(long told)
        {
            long part = Math.Clamp(told, 0, left);
            left -= part;
            return part;
        }

        attempt.BytesRead = Math.Max(0, marks->Bytes);
        attempt.Spent = (
            Part(Progress.ReadBytesWait(marks, attempt.DispatchedAt, attempt.ConcludedAt)),
            Part(marks->OpenNanoseconds),
            Part(marks->DecodeNanoseconds),
            Part(marks->ConvertNanoseconds));
    }
}

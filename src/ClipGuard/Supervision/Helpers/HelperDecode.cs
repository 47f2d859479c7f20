using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

/// <summary>The decode that a helper has, from the request to what came of it. Under the pool's lock.</summary>
/// <param name="process">The helper's process.</param>
/// <param name="measurement">What is measured of it.</param>
/// <param name="examination">Says why it gave nothing.</param>
internal sealed unsafe class HelperDecode(HelperProcess process, DecodeMeter measurement, FailureDiagnosis examination)
{
    private ReplyMessage? _reply;
    private bool _isCancelled;

    /// <summary>What was asked for; null where the helper has no decode.</summary>
    public Attempt? Attempt { get; private set; }

    /// <summary>What it was asked for last, or is now.</summary>
    public ClipSpec? Spec { get; private set; }

    /// <summary>Why it gives no clip, as far as that is known; null before, or where it gives one.</summary>
    public AttemptResult? Ending { get; private set; }

    /// <summary>True where it had waited for its bytes when it was ended: its own mark says so, or the state of its threads did when it was examined.</summary>
    public bool WaitedForStorage => Progress.WaitsForBytes(process.Memory.Marks) || Ending is AttemptResult.Unsettled { WaitedForStorage: true };

    /// <summary>The helper is given a decode, whose input it has.</summary>
    /// <param name="attempt">The decode.</param>
    /// <param name="now">The moment.</param>
    /// <param name="tick">How often its time is accounted, in nanoseconds.</param>
    public void Begin(Attempt attempt, long now, long tick)
    {
        Attempt = attempt;
        Spec = attempt.Request.Spec;
        _reply = null;
        Ending = null;
        attempt.DispatchedAt = now;
        measurement.Begin(now, tick);
    }

    /// <summary>Sends the request.</summary>
    /// <returns>Why it could not be sent; null where it was.</returns>
    public string? Send() => Attempt!.Request.Source is DescriptorSource { Descriptor: var clip }
        ? MessageSocket.Send(process.Socket, Attempt.Message, clip)
        : MessageSocket.Send(process.Socket, Attempt.Message);

    /// <summary>The request could not be sent: the helper has no decode.</summary>
    public void Drop() => Attempt = null;

    /// <summary>The caller gave up, or nobody is to have an answer any more: whatever comes of it, it gives nothing.</summary>
    public void Cancel() => _isCancelled = true;

    /// <summary>The helper has answered, believably. Measured while the process lives: one that is used once exits right after its reply.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="isOfUsedHelper">True where the helper had found a fault before.</param>
    public void Answer(ReplyMessage reply, bool isOfUsedHelper)
    {
        _reply = reply;
        Ending = reply.Fault is { } found ? examination.Finding(found, Attempt!.TimeLimits, isOfUsedHelper) : null;
    }

    /// <summary>It fails.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="bug">A bug of its own that the helper has told of; null where it has not.</param>
    public void Fail(HelperFailure failure, AttemptResult.DecoderBug? bug) => Ending = examination.Of(failure, Attempt!.TimeLimits, bug);

    /// <summary>It is over.</summary>
    /// <param name="delivers">True where an answer counts: the helper lives, or has ended cleanly.</param>
    /// <param name="exit">How the process ended; the default while it lives.</param>
    /// <returns>What came of it; null where it was cancelled.</returns>
    public AttemptResult? End(bool delivers, ProcessExit exit)
    {
        Attempt attempt = Attempt!;
        Attempt = null;
        attempt.ConcludedAt = Stopwatch.GetTimestamp();
        if (_isCancelled)
        {
            return null;
        }

        if (Ending is null && delivers && _reply?.Clip is { } clip)
        {
            // The memory has an owner more until the payload has been read: the process may end meanwhile, and releases only its own share.
            process.Memory.AddReference();
            ReadSpent(attempt);
            return new AttemptResult.Delivered(clip);
        }

        return Ending ?? examination.BadExit(exit);
    }

    // The helper's own word, believed up to the time that the decode took.
    private void ReadSpent(Attempt attempt)
    {
        MarksPage* marks = process.Memory.Marks;
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

using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// After a fault: whether the helper is still sound. A failed decode can leave the decoder in a state that spoils the next clip, or memory behind. So the
/// helper decodes a clip that is known. Under the pool's lock.
/// </summary>
/// <param name="process">The helper's process.</param>
/// <param name="use">What it uses.</param>
/// <param name="measurement">What is measured of its decodes.</param>
/// <param name="pool">Whose known clips are asked for, and where it is counted what comes of it.</param>
/// <param name="mostGrowthBytes">Bytes of private memory that it may hold more than when it was ready.</param>
internal sealed unsafe class ReuseCheck(HelperProcess process, ProcessUsage use, DecodeMeter measurement, HelperPool pool, long mostGrowthBytes)
{
    // What it is being checked with; null before the check was sent.
    private ReuseCheckClip? _known;
    private long _privateBytesWhenReady;

    /// <summary>True where a decode has taken more of the shared memory than a helper keeps: that is given back before the check is sent.</summary>
    public bool NeedsTrim => process.Memory.AllocatedBytes > HelperSharedMemory.KeptBytes + MarksPage.Size;

    /// <summary>The helper is ready for the first time: what it holds now is what it is measured by.</summary>
    public void NoteReady() => _privateBytesWhenReady = use.PrivateBytes();

    /// <summary>
    /// Whether a fault was found before any decoder had a byte of the clip: then there is nothing to check. The marks are the helper's own word too, but it
    /// cannot move them back.
    /// </summary>
    public bool IsNeedless(DecoderFault fault, Attempt attempt) =>
        fault.BeforeDecoding && measurement.Progress is { Packets: 0, Frames: 0 } && attempt.InputLength <= HelperSharedMemory.KeptBytes;

    /// <summary>A check begins, and is not sent yet.</summary>
    public void Begin() => _known = null;

    /// <summary>Asks for the known clip that goes through the same decoder as a clip with this spec does.</summary>
    /// <returns>Null where it was sent; else what happened to the helper.</returns>
    public HelperEvent? Send(ClipSpec spec)
    {
        _known = pool.ReuseCheckClips.For(spec);
        if (_known.Attempt.Complaint is not null)
        {
            return HelperEvent.Retired;
        }

        _known.Place(process.Memory.Payload);
        measurement.Begin(Stopwatch.GetTimestamp());
        return MessageSocket.Send(process.Socket, _known.Attempt.Message) is null ? null : HelperEvent.ProtocolError;
    }

    /// <summary>What a reply says of the helper, which is counted.</summary>
    /// <returns>What happened to it: it has passed, or it is not used again.</returns>
    public HelperEvent Judge(ReplyMessage reply)
    {
        if (_known is null || ReplyCheck.Find(reply, _known.Attempt) is not null)
        {
            return HelperEvent.ProtocolError;
        }

        if (WhyUnsound(_known, reply) is { } reason)
        {
            pool.Reuse.NotKept();
            pool.Log.NotKept(process.Pid, reason);
            return HelperEvent.Retired;
        }

        if (!pool.Reuse.IsAllowed)
        {
            return HelperEvent.Retired;
        }

        pool.Reuse.Kept();
        use.ForgetPeak();
        return HelperEvent.CheckPassed;
    }

    private string? WhyUnsound(ReuseCheckClip known, ReplyMessage reply)
    {
        if (known.FindWrong(reply, process.Memory.Payload) is { } wrong)
        {
            return wrong;
        }

        long grown = use.PrivateBytes() - _privateBytesWhenReady;
        return grown <= mostGrowthBytes ? null : $"held {grown} bytes more than when it was ready, where {mostGrowthBytes} are allowed";
    }
}

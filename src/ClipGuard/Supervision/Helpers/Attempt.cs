using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

/// <summary>One attempt at one clip in one helper.</summary>
internal sealed class Attempt
{
    private const long Alignment = 4096;

    private readonly long _payloadCapacity;
    private readonly TaskCompletionSource<AttemptResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Prepares an attempt: all that can be done before a helper is leased.</summary>
    public Attempt(long id, DecodeRequest request, long payloadCapacity, DecodeTimeLimits timeLimits)
    {
        Id = id;
        TimeLimits = timeLimits;
        _payloadCapacity = payloadCapacity;
        Request = request;
        InputLength = (request.Source as MemorySource)?.Bytes.Length ?? 0;
        long outputOffset = (InputLength + Alignment - 1) / Alignment * Alignment;
        OutputOffset = outputOffset;
        OutputCapacity = Math.Min(request.Limits.MaxPayloadBytes, Math.Max(0, payloadCapacity - outputOffset));
        Message = SupervisorMessageWriter.Decode(new DecodeMessage(id, request)
        {
            InputLength = InputLength,
            OutputOffset = OutputOffset,
            OutputCapacity = OutputCapacity,
            TimeLeftMilliseconds = timeLimits.PoliteTime.TotalMilliseconds,
        });
    }

    /// <summary>The number that the reply has to repeat.</summary>
    public long Id { get; }

    /// <summary>How long it is waited for.</summary>
    public DecodeTimeLimits TimeLimits { get; }

    /// <summary>What is to be decoded.</summary>
    public DecodeRequest Request { get; }

    /// <summary>Bytes of a clip that travels in memory, at the payload's start.</summary>
    public long InputLength { get; }

    /// <summary>True where the clip's bytes are read from storage, by the helper.</summary>
    public bool ReadsStorage => Request.Source is not (MemorySource or DescriptorSource);

    /// <summary>Where in the payload the result begins.</summary>
    public long OutputOffset { get; }

    /// <summary>Bytes that the result may take.</summary>
    public long OutputCapacity { get; }

    /// <summary>Why this request cannot be put to any helper, or null.</summary>
    public string? Complaint =>
        OutputCapacity <= 0 ? $"The clip's {InputLength} encoded bytes leave no room in the {_payloadCapacity} bytes of a helper's memory."
        : Message.Length > WireProtocol.MaxMessageBytes ? $"The request takes {Message.Length} bytes where {WireProtocol.MaxMessageBytes} are allowed."
        : null;

    /// <summary>The request as it is sent.</summary>
    public byte[] Message { get; }

    /// <summary>When it was given to a helper, as Stopwatch counts; 0 where it never was.</summary>
    public long DispatchedAt { get; set; }

    /// <summary>When the verdict was there, as Stopwatch counts; 0 where it was never given to a helper.</summary>
    public long ConcludedAt { get; set; }

    /// <summary>What the helper told of its time in this decode, in nanoseconds: waits for bytes, open, decode and convert. Set where it delivered.</summary>
    public (long Waited, long Opened, long Decoded, long Converted) Spent { get; set; }

    /// <summary>Encoded bytes that the helper told it read. Set where it delivered.</summary>
    public long BytesRead { get; set; }

    /// <summary>Completes with what came of it; cancelled where the caller gave up.</summary>
    public Task<AttemptResult> Task => _done.Task;

    /// <summary>Copies the bytes of a clip that travels in memory to the payload's start. Outside the pool's lock; the memory is shared meanwhile.</summary>
    /// <returns>What the caller's memory threw when it was read, or null.</returns>
    public unsafe Exception? CopyInput(HelperSharedMemory memory)
    {
        try
        {
            ((MemorySource)Request.Source).Bytes.Span.CopyTo(new Span<byte>(memory.Payload, (int)InputLength));
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    /// <summary>Settles what came of it. Only the first call counts.</summary>
    public void Conclude(AttemptResult result) => _done.TrySetResult(result);

    /// <summary>It cannot be tried: there is no helper, or the clip's bytes cannot be read.</summary>
    public void Fail(Exception reason) => _done.TrySetException(reason);

    /// <summary>The caller gave up, and the helper is gone.</summary>
    public void Cancel() => _done.TrySetCanceled();
}

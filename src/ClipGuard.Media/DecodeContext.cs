using System.Diagnostics;

namespace ClipGuard.Media;

/// <summary>What a decoder is given besides the request: memory for the result, marks of progress, and a time to give up.</summary>
public sealed class DecodeContext
{
    private readonly long _giveUpTimestamp;
    private readonly CancellationToken _cancellation;

    /// <summary>A context for one decode.</summary>
    /// <param name="payload">Memory that the result is written to.</param>
    /// <param name="marks">Marks that the supervisor reads.</param>
    /// <param name="timeLeft">Time until the decoder should end by itself; null for none. The supervisor's deadline holds whatever the decoder does.</param>
    /// <param name="cancellation">Ends a decode that runs in the caller's own process.</param>
    public DecodeContext(PayloadBuffer payload, ProgressMarks marks, TimeSpan? timeLeft, CancellationToken cancellation = default)
    {
        Payload = payload;
        Marks = marks;
        _cancellation = cancellation;
        _giveUpTimestamp = timeLeft is { } left
            ? Stopwatch.GetTimestamp() + (long)(left.TotalSeconds * Stopwatch.Frequency)
            : long.MaxValue;
    }

    /// <summary>Memory that the result is written to.</summary>
    public PayloadBuffer Payload { get; }

    /// <summary>Marks that the supervisor reads.</summary>
    public ProgressMarks Marks { get; }

    /// <summary>True once the decode should end politely: its time is over or its caller has cancelled.</summary>
    public bool ShouldStop => _cancellation.IsCancellationRequested || Stopwatch.GetTimestamp() >= _giveUpTimestamp;
}

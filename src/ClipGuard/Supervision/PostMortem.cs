using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>What is known of a decode that gave no data. Measured before the helper is killed, so that it describes the failure and not the kill.</summary>
public sealed record PostMortem
{
    /// <summary>Wall clock from dispatch to verdict, of the last attempt.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>CPU time that the helper used for this decode.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Where the wall clock went, for a decode that was older than a quarter of a second; all zero for a younger one.</summary>
    public TimeByCause Time { get; init; }

    /// <summary>
    /// Processor time that a hypervisor took from the whole machine while this decode was watched,
    /// all processors together; zero where the system does not tell.
    /// </summary>
    public TimeSpan CpuStealTime { get; init; }

    /// <summary>Whether a thread of the helper was running (true) or all of them waited (false); null where it had ended by itself.</summary>
    public bool? WasRunning { get; init; }

    /// <summary>Time since the decode last made progress; the whole of <see cref="Elapsed"/> where it never did.</summary>
    public TimeSpan SinceProgress { get; init; }

    /// <summary>Encoded bytes read.</summary>
    public long BytesRead { get; init; }

    /// <summary>Packets that came out of the container.</summary>
    public long PacketCount { get; init; }

    /// <summary>Frames that came out of the decoder.</summary>
    public long FrameCount { get; init; }

    /// <summary>Most resident memory that the helper held during this decode, in bytes; 0 where it was not known.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>The signal that ended the helper, where one did that was not the supervisor's own.</summary>
    public int? Signal { get; init; }

    /// <summary>The exit code with which the helper ended by itself, where it did.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Attempts that failed: 1 where the decoder gave its finding, 2 where a hang, a crash or the like was tried once more.</summary>
    public int AttemptCount { get; init; } = 1;

    /// <summary>The decoder's last log lines, oldest first.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}

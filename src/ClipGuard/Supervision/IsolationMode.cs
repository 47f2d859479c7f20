namespace ClipGuard.Supervision;

/// <summary>In which process a decode runs: a helper that others used before, one of its own, or the process that asked for it.</summary>
public enum IsolationMode
{
    /// <summary>
    /// A warm helper is leased to one decode at a time, and used again after a clean one, or where it was checked after what its decoder found in a clip
    /// (<see cref="SupervisorOptions.ConfirmOneIn"/>).
    /// </summary>
    Pooled,

    /// <summary>A new process for each decode, started ahead of need. Its exit is part of the decode.</summary>
    FreshPerDecode,

    /// <summary>No helper, no deadline, no overhead: a clip that hangs or crashes takes the caller along.</summary>
    InProcess,
}

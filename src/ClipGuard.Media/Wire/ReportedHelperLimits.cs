namespace ClipGuard.Media.Wire;

/// <summary>The limits that a helper says are in force for it.</summary>
internal sealed record ReportedHelperLimits
{
    /// <summary>Private memory, in bytes, that the kernel gives it beyond what it held when it was ready; null where there is no such limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>True where its filter on system calls lets it start programs.</summary>
    public bool StartsPrograms { get; init; }
}

namespace ClipGuard.Fetching;

/// <summary>What one fetch may take, all its tries together.</summary>
/// <param name="Time">On the wall clock.</param>
/// <param name="MaxBytes">Bytes that are held at most.</param>
internal readonly record struct FetchLimits(TimeSpan Time, long MaxBytes)
{
    /// <summary>Whether nobody waits, so that also a server that is left alone is waited for.</summary>
    public bool IsPatient { get; init; }
}

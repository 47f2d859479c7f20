namespace ClipGuard.Runs;

/// <summary>A clip that a worker is decoding now.</summary>
/// <param name="Line">1-based line of its row.</param>
/// <param name="Clip">The manifest's own words for it.</param>
/// <param name="Elapsed">Since its dispatch.</param>
public sealed record RunningClip(long Line, string Clip, TimeSpan Elapsed);

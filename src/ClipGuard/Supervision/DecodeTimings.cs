namespace ClipGuard.Supervision;

/// <summary>Where the time of one decode went. The parts follow each other and do not overlap.</summary>
/// <param name="Queued">It waited for a helper.</param>
/// <param name="WaitedForBytes">It waited for the clip's bytes: of a read ahead, of a fetch, or of its own reads.</param>
/// <param name="Opened">Open, probe and seek.</param>
/// <param name="Decoded">Read and decode.</param>
/// <param name="Converted">Resampling, scaling, and writing the result.</param>
/// <param name="HandedOver">The request's and the answer's way, and what the helper did not account for.</param>
internal readonly record struct DecodeTimings(
    TimeSpan Queued, TimeSpan WaitedForBytes, TimeSpan Opened, TimeSpan Decoded, TimeSpan Converted, TimeSpan HandedOver);

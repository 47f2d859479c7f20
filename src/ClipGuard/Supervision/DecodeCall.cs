using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Supervision;

/// <summary>One call for a guarded decode.</summary>
/// <param name="Request">What to decode, as what.</param>
/// <param name="TimeLimits">How long each attempt may take.</param>
internal sealed record DecodeCall(DecodeRequest Request, DecodeTimeLimits TimeLimits)
{
    /// <summary>When it was made, as Stopwatch counts.</summary>
    public long AskedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>How the clip failed in an earlier call that ended before there was a second attempt; null where this is the first call.</summary>
    public ClipFault? FirstFailure { get; init; }

    /// <summary>Called after a first failure that is tried once more, when the second attempt has been asked for.</summary>
    public Action<ClipFault>? OnFirstFailure { get; init; }

    /// <summary>The same, with the clip's bytes from elsewhere.</summary>
    public DecodeCall From(ClipSource source) => this with { Request = Request with { Source = source } };

    /// <summary>The same, with as many threads as the decoder gets where the request does not say.</summary>
    public DecodeCall WithThreads(int threads) => this with { Request = Request with { DecoderThreads = Request.DecoderThreads ?? threads } };
}

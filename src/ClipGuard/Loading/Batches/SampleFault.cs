using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>Why a row gave no sample.</summary>
/// <param name="Position">The position in the epoch that it was to fill.</param>
/// <param name="SubstituteNumber">0 for the position's own row, 1 for its first substitute, and so on.</param>
/// <param name="Line">The row's 1-based line in the manifest.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record SampleFault(long Position, int SubstituteNumber, long Line, string Message)
{
    /// <summary>The manifest or source of the row, where there are several; otherwise null.</summary>
    public string? Origin { get; init; }

    /// <summary>The clip that gave no data; null where the row itself is no sample.</summary>
    public ClipReference? Clip { get; init; }

    /// <summary>Which fault; null where the row itself is no sample, and where nobody is to blame.</summary>
    public FaultKind? Kind { get; init; }

    /// <summary>The guarded decode's verdict with its post-mortem; null where nothing was decoded.</summary>
    public ClipFault? Verdict { get; init; }

    /// <summary>
    /// Why nobody knows whether the clip is good, where something that is not the clip's stood in the way; otherwise null.
    /// The clip is not to be left out for it.
    /// </summary>
    public UnsettledClip? Unsettled { get; init; }

    /// <summary>What the <see cref="LoaderOptions.Transform"/> hook threw; otherwise null. The row is not to be left out for it.</summary>
    public Exception? Exception { get; init; }

    /// <summary>Whether the <see cref="LoaderOptions.Transform"/> hook dropped the sample, which is no failure.</summary>
    public bool IsDropped { get; init; }

    /// <summary>Whether it is the row, or one of its clips, that is bad.</summary>
    internal bool IsRowToBlame => this is { Unsettled: null, Exception: null, IsDropped: false };
}

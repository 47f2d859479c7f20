using System.Globalization;

namespace ClipGuard.Fetching;

/// <summary>Why a request gave no bytes.</summary>
/// <param name="Kind">What that means for the object, and whether it is asked for again.</param>
/// <param name="Reason">A clause for a person, without a full stop and without secrets: <c>the server answered 404 Not Found</c>.</param>
public sealed record FetchFailure(FetchFailureKind Kind, string Reason)
{
    /// <summary>How long the server wants to be left alone; null (the default) where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How often it was tried.</summary>
    internal int Tries { get; init; } = 1;

    /// <summary>What was measured of it, which is another thing each time and so not part of <see cref="Reason"/>; a line each.</summary>
    internal IReadOnlyList<string> Measured =>
    [
        .. Tries == 1 ? [] : new[] { $"{Tries} tries" },
        .. RetryAfter is { } wait ? new[] { string.Create(CultureInfo.InvariantCulture, $"asked to come back in {wait.TotalSeconds:0.###} s") } : [],
    ];

    internal bool MayPass => Kind is FetchFailureKind.Busy or FetchFailureKind.Unanswered;
}

/// <summary>Kinds of failure.</summary>
public enum FetchFailureKind
{
    /// <summary>There is no such object: its clip is <see cref="Media.FaultKind.Missing"/>.</summary>
    NotFound = 1,

    /// <summary>What is asked for cannot be had in this way, ever: its clip is <see cref="Media.FaultKind.Unsupported"/>.</summary>
    Unsupported = 2,

    /// <summary>The object is larger than what is allowed: its clip is <see cref="Media.FaultKind.LimitExceeded"/>.</summary>
    TooLarge = 3,

    /// <summary>The server wants to know who asks, or does not want to answer them. Says nothing about the object.</summary>
    Denied = 4,

    /// <summary>The object is another one than that which was asked for. Says nothing about either.</summary>
    Changed = 5,

    /// <summary>The server wants to be asked later. Tried again.</summary>
    Busy = 6,

    /// <summary>The server failed, was not reached or broke off, or its answer was not to the request. Tried again.</summary>
    Unanswered = 7,

    /// <summary>The range begins behind the object's end.</summary>
    BehindEnd = 8,
}

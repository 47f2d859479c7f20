using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>One sample of a batch before it is read.</summary>
/// <param name="Position">Its position in the epoch, which names it on every rank and in every run.</param>
/// <param name="Rows">The rows that it and its substitutes come from.</param>
/// <param name="Row">Its own row among them.</param>
internal sealed record PlannedSample(long Position, IRowChoice Rows, long Row)
{
    /// <summary>Reads the sample's own row for attempt 0, and that of a substitute for every later attempt.</summary>
    public ManifestRow Read(ulong seed, int epoch, int attempt) =>
        Rows.Read(attempt == 0 ? Row : Rows.Choose(Substitutes.Choose(seed, epoch, Position, attempt, Rows.Choices)));
}

/// <summary>Rows that can be read at any time, from any thread.</summary>
internal interface IRowChoice
{
    /// <summary>How many rows a substitute may be.</summary>
    long Choices { get; }

    /// <summary>The n-th of those rows.</summary>
    long Choose(long nth);

    /// <summary>Reads a row.</summary>
    ManifestRow Read(long row);
}

using System.Text.Json.Serialization;

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>A part of an epoch that was run with one number of ranks and one batch size, and ended.</summary>
/// <param name="World">How many ranks there were.</param>
/// <param name="BatchSize">Samples in a batch of one rank.</param>
/// <param name="Consumed">By rank: every batch with a number below this was consumed.</param>
public sealed record ResumeSegment(int World, int BatchSize, IReadOnlyList<long> Consumed)
{
    /// <summary>By rank: numbers of the batches that were consumed above those; empty where no rank has any, as with delivery in order.</summary>
    [JsonRequired]
    public IReadOnlyList<IReadOnlyList<long>> Ahead { get; init; } = [];

    /// <summary>What bounded its batches, where that was their size; otherwise null.</summary>
    public BatchBySizeState? BySize { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    internal bool IsValid => HasRanks && (BySize is null || BySize.IsPossible(Consumed.Min(), long.MaxValue));

    private bool HasRanks => World >= 1 && BatchSize >= 1 && Consumed.Count == World && Consumed.All(static batches => batches >= 0)
        && (Ahead.Count == 0 || Ahead.Count == World) && Ahead.All(static batches => batches is not null && batches.All(static batch => batch >= 0));

    /// <summary>Whether it counts more samples than there can be, or ranks that are further apart.</summary>
    internal bool Reaches(long samples, long samplesApart)
    {
        long globalBatch = (long)BatchSize * World;
        long most = Ahead.SelectMany(static batches => batches).Concat(Consumed).Max();
        return most > (samples / globalBatch) - 1 || most - Consumed.Min() > samplesApart / globalBatch + 1;
    }

    internal bool IsSameAs(ResumeSegment other) => World == other.World && BatchSize == other.BatchSize && BySize == other.BySize
        && Consumed.SequenceEqual(other.Consumed)
        && Ahead.Count == other.Ahead.Count && Ahead.Zip(other.Ahead).All(static pair => pair.First.SequenceEqual(pair.Second));
}

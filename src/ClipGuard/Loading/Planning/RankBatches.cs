namespace ClipGuard.Loading;

/// <summary>
/// Deals the samples of a sequence out over ranks in turn, as cards are, and cuts each rank's hand into batches. All ranks get the same number
/// of batches; where the sequence ends early, the last batch is padded. While the ranks run in step, what they have consumed together is a
/// start of the sequence, without gaps.
/// </summary>
/// <param name="RankInfo">Which hand.</param>
/// <param name="BatchSize">Samples in a batch.</param>
internal readonly record struct RankBatches(RankInfo RankInfo, int BatchSize)
{
    /// <summary>The sequence's place of one sample; it may lie behind the sequence's end, and the sample then is padding.</summary>
    public long PlaceOf(long batch, int slot) => (((batch * BatchSize) + slot) * RankInfo.World) + RankInfo.Rank;

    /// <summary>How many batches each rank has.</summary>
    /// <param name="length">Of the sequence.</param>
    /// <param name="dropLast">Whether a batch that would need padding on any rank is left out.</param>
    public long Count(long length, bool dropLast)
    {
        long globalBatch = (long)BatchSize * RankInfo.World;
        return dropLast ? length / globalBatch : (length + globalBatch - 1) / globalBatch;
    }
}

namespace ClipGuard.Loading;

/// <summary>
/// Distributes samples over ranks: the sample with index i goes to rank i mod world, as torch's DistributedSampler does it, and each rank's samples are cut
/// into batches. All ranks get the same number of batches; where there are too few samples the last batch is padded. As long as all ranks have consumed
/// the same number of batches, the samples consumed by all of them together are the first ones, without gaps.
/// </summary>
/// <param name="RankInfo">The rank.</param>
/// <param name="BatchSize">Samples in a batch.</param>
internal readonly record struct RankBatches(RankInfo RankInfo, int BatchSize)
{
    /// <summary>The index of the sample in a slot of a batch; where there is no sample with that index, the slot is padding.</summary>
    public long IndexOf(long batch, int slot) => (((batch * BatchSize) + slot) * RankInfo.World) + RankInfo.Rank;

    /// <summary>How many batches each rank has.</summary>
    /// <param name="length">How many samples there are.</param>
    /// <param name="dropLast">Whether a batch that would need padding on any rank is dropped.</param>
    public long Count(long length, bool dropLast)
    {
        long globalBatch = (long)BatchSize * RankInfo.World;
        return dropLast ? length / globalBatch : (length + globalBatch - 1) / globalBatch;
    }
}

using ClipGuard.Launchers;

namespace ClipGuard.Loading;

/// <summary>Which of several processes that train together this one is.</summary>
/// <param name="Rank">In [0, <paramref name="World"/>).</param>
/// <param name="World">How many processes share the epoch; at least 1.</param>
public readonly record struct RankInfo(int Rank, int World)
{
    /// <summary>The only process there is.</summary>
    public static RankInfo Single { get; } = new(0, 1);

    /// <summary>
    /// Who says so: the launcher, and its variables with their values; null where the host said it itself. The loader's log has it. It makes no difference to
    /// which rank this is.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>What the launcher's variables leave open, and how it was taken, for the log; null where there is nothing.</summary>
    internal string? Remark { get; init; }

    /// <summary>
    /// Reads the launcher's variables: those of torchrun (and accelerate, DeepSpeed), Open MPI, MPICH, MVAPICH, PMIx, Horovod, a Slurm step, a Kubernetes
    /// Indexed Job (whose template has to set <c>JOB_COMPLETIONS</c>), SageMaker, and <c>RANK</c> and <c>WORLD_SIZE</c> that something else has set. Where
    /// launchers nest, the innermost one tells. <see cref="Single"/> where none of them says anything; each task of a Slurm array is a training of its own.
    /// </summary>
    /// <exception cref="LaunchException">Two launchers contradict each other, or one says only half; the message names the variables.</exception>
    public static RankInfo FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>Whether both are the same rank of as many, whoever says so.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(RankInfo other) => (Rank, World) == (other.Rank, other.World);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, World);

    internal static RankInfo FromEnvironment(Func<string, string?> variable) => LaunchedProcess.FindRank(variable) is { } found
        ? new RankInfo(found.Index, found.Count) { Source = found.Source, Remark = found.Remark }
        : Single with { Source = "no launcher" };

    internal void Validate()
    {
        if (World < 1 || Rank < 0 || Rank >= World)
        {
            throw new ArgumentException($"There is no rank {Rank} in a world of {World}; the rank must be at least 0 and below the world size.");
        }
    }
}

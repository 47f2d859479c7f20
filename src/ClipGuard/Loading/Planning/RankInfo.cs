using System.Globalization;

namespace ClipGuard.Loading;

/// <summary>Which of several processes that train together this one is.</summary>
/// <param name="Rank">In [0, <paramref name="World"/>).</param>
/// <param name="World">How many processes share the epoch; at least 1.</param>
public readonly record struct RankInfo(int Rank, int World)
{
    // In this order, because launchers nest (srun starts torchrun): the innermost one knows which process this is.
    private static readonly (string Rank, string World, string Launcher)[] Launchers =
    [
        ("RANK", "WORLD_SIZE", "torchrun"),
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "Open MPI"),
        ("SLURM_PROCID", "SLURM_NTASKS", "Slurm"),
        ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", "Kubernetes"),
    ];

    /// <summary>The only process there is.</summary>
    public static RankInfo Single { get; } = new(0, 1);

    /// <summary>
    /// Reads the launcher's variables: torchrun's <c>RANK</c> and <c>WORLD_SIZE</c>, then Open MPI's <c>OMPI_COMM_WORLD_RANK</c> and <c>…_SIZE</c>, Slurm's
    /// <c>SLURM_PROCID</c> and <c>SLURM_NTASKS</c> in a process that <c>srun</c> started (a batch script runs once, whatever they say), and for an indexed
    /// Kubernetes job <c>JOB_COMPLETION_INDEX</c> with <c>JOB_COMPLETIONS</c>, which the pod's template has to set, because Kubernetes does not.
    /// <see cref="Single"/> where none of them is set.
    /// </summary>
    /// <exception cref="InvalidOperationException">A launcher set only one of its two, or no sensible numbers.</exception>
    public static RankInfo FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    internal static RankInfo FromEnvironment(Func<string, string?> variable)
    {
        foreach ((string rankName, string worldName, string launcher) in Launchers)
        {
            string? rank = variable(rankName);
            string? world = variable(worldName);
            if (launcher == "Slurm" && string.IsNullOrEmpty(variable("SLURM_STEP_ID")))
            {
                // sbatch sets rank 0 and the number of tasks for its script too, which runs once. Only job steps, which have an id, are one of several.
                continue;
            }

            if (string.IsNullOrEmpty(rank) && (string.IsNullOrEmpty(world) || launcher == "Kubernetes"))
            {
                // JOB_COMPLETIONS alone means nothing: a pod's template may set it for pods that are not of an indexed job.
                continue;
            }

            if (!int.TryParse(rank, CultureInfo.InvariantCulture, out int parsedRank) || !int.TryParse(world, CultureInfo.InvariantCulture, out int parsedWorld)
                || parsedRank < 0 || parsedRank >= parsedWorld)
            {
                throw new InvalidOperationException(
                    $"{launcher}'s variables do not name a rank: {rankName} is '{rank}' and {worldName} is '{world}'; "
                    + "the rank must be at least 0 and below the world size.");
            }

            return new RankInfo(parsedRank, parsedWorld);
        }

        return Single;
    }

    internal void Validate()
    {
        if (World < 1 || Rank < 0 || Rank >= World)
        {
            throw new ArgumentException($"There is no rank {Rank} in a world of {World}; the rank must be at least 0 and below the world size.");
        }
    }
}

namespace ClipGuard.Launchers;

/// <summary>Launchers that start the processes of an MPI program, and those that are like them: each says rank and size in two variables.</summary>
internal static class MpiLaunchers
{
    /// <summary>All claims of such launchers; several may stand beside each other, as Open MPI's and PMIx's do.</summary>
    /// <exception cref="LaunchException">One says what cannot be.</exception>
    public static IEnumerable<LaunchClaim> Read(LaunchVariables variables) => new[]
    {
        // Slurm's own --mpi=pmi2 and pmix set some of these in the tasks of a step too.
        variables.Pair("PMIx", LaunchNesting.Processes, "PMIX_RANK", "PMIX_SIZE"),

        // Hydra, the launcher of MPICH and of Intel's MPI.
        variables.Pair("MPICH", LaunchNesting.Processes, "PMI_RANK", "PMI_SIZE"),
        variables.Pair("MVAPICH", LaunchNesting.Processes, "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
        variables.Pair("Open MPI", LaunchNesting.Processes, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),

        // horovodrun with Gloo; with MPI it is that launcher which says it.
        variables.Pair("Horovod", LaunchNesting.Processes, "HOROVOD_RANK", "HOROVOD_SIZE"),
    }.OfType<LaunchClaim>();
}

namespace ClipGuard.Launchers;

/// <summary>
/// A task of a Slurm step, which <c>srun</c> started. A batch script has <c>SLURM_PROCID=0</c> and the job's number of tasks too, and runs once: only steps
/// have an id.
/// </summary>
internal static class SlurmStep
{
    private const string Step = "SLURM_STEP_ID";
    private const string Task = "SLURM_PROCID";
    private const string Tasks = "SLURM_STEP_NUM_TASKS";
    private const string TasksOfJob = "SLURM_NTASKS";

    /// <summary>The claim; null outside a step.</summary>
    /// <exception cref="LaunchException">Half of it is missing.</exception>
    public static LaunchClaim? Read(LaunchVariables variables)
    {
        if (!variables.Has(Step))
        {
            return null;
        }

        // A step may have fewer tasks than its job.
        string count = variables.Has(Tasks) ? Tasks : TasksOfJob;
        LaunchClaim claim = variables.Claim("Slurm's step", LaunchNesting.Step, variables.Number(Task), variables.Number(count), Task, count);
        return claim is { Index: not null, Count: not null } ? claim
            : throw new LaunchException($"Slurm's variables name no rank: {claim.Variables}; the rank must be at least 0 and below the world size");
    }
}

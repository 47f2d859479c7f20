namespace ClipGuard.Launchers;

/// <summary>
/// A task of a Slurm array. Its number among the tasks follows from its id only where the ids are evenly spaced, as <c>--array=0-15</c> and
/// <c>--array=3-11:2</c> are and <c>--array=5,1,9</c> is not.
/// </summary>
internal static class SlurmArray
{
    private const string Id = "SLURM_ARRAY_TASK_ID";
    private const string Count = "SLURM_ARRAY_TASK_COUNT";
    private const string Least = "SLURM_ARRAY_TASK_MIN";
    private const string Most = "SLURM_ARRAY_TASK_MAX";
    private const string Step = "SLURM_ARRAY_TASK_STEP";

    /// <summary>The claim; null outside an array.</summary>
    /// <exception cref="LaunchException">The ids are not evenly spaced, or variables are missing.</exception>
    public static LaunchClaim? Read(LaunchVariables variables)
    {
        if (variables.Number(Id) is not { } id)
        {
            return null;
        }

        string shown = variables.Show(Id, Least, Most, Step, Count);
        if (variables.Number(Count) is not { } count || variables.Number(Least) is not { } least || variables.Number(Most) is not { } most)
        {
            throw new LaunchException($"the size of the Slurm array is missing: {shown}");
        }

        int step = Math.Max(1, variables.Number(Step) ?? 1);
        return least + ((count - 1) * step) == most && (id - least) % step == 0
            ? variables.Claim("Slurm's array", LaunchNesting.Array, (id - least) / step, count, Id, Least, Most, Step, Count)
            : throw new LaunchException($"the tasks of this Slurm array are not evenly spaced, so that their ids do not number them: {shown}");
    }
}

namespace ClipGuard.Launchers;

/// <summary>
/// Which of several processes this one is, by the environment that its launcher made. Launchers start one another (<c>sbatch</c> an array, <c>srun</c> its
/// tasks, <c>mpirun</c> or torchrun their processes), and the innermost one knows which process this is; but what the others say must not contradict it, or
/// processes would share data, or all have all of it, without a word.
/// </summary>
/// <param name="Index">In [0, <paramref name="Count"/>).</param>
/// <param name="Count">How many there are; at least 1.</param>
/// <param name="Source">The launcher, and the variables with their values.</param>
internal sealed record LaunchedProcess(int Index, int Count, string Source)
{
    private const string SayIt = "unset those that do not hold, or say the rank yourself (RankInfo, --shard I/N)";

    /// <summary>What else a person should know; null where there is nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>Which rank of one training this process is; null where no launcher says anything.</summary>
    /// <param name="lookup">Looks up an environment variable.</param>
    /// <exception cref="LaunchException">Two launchers contradict each other, or one says only half.</exception>
    public static LaunchedProcess? FindRank(Func<string, string?> lookup)
    {
        var variables = new LaunchVariables(lookup);
        LaunchClaim? claim = Innermost(variables);
        if (claim is { ProcessesPerNode: { } each })
        {
            throw new LaunchException(
                $"{claim} count nodes, of {each} processes each, and nothing says which of these this one is: start them with torchrun or mpirun, "
                + "or say the rank yourself (RankInfo)");
        }

        // Jobs of an array do not wait for each other, so that each is a training of its own.
        string? remark = variables.Has("SLURM_ARRAY_TASK_ID") && claim is not { Count: > 1 }
            ? "each task of the Slurm array is taken for a training of its own, with all data "
                + $"({variables.Show("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT")})"
            : null;
        return claim is not null ? new LaunchedProcess(claim.Index!.Value, claim.Count!.Value, claim.ToString()) { Remark = remark }
            : remark is not null ? new LaunchedProcess(0, 1, "no launcher") { Remark = remark }
            : null;
    }

    /// <summary>Which share of work that is split this process has; null where no launcher says anything. Tasks of an array have one each.</summary>
    /// <param name="lookup">Looks up an environment variable.</param>
    /// <exception cref="LaunchException">Two launchers contradict each other, or one says only half.</exception>
    public static LaunchedProcess? FindShare(Func<string, string?> lookup)
    {
        var variables = new LaunchVariables(lookup);
        LaunchClaim? array = SlurmArray.Read(variables);
        LaunchClaim? claim = Innermost(variables);
        if (array is null)
        {
            return claim is null ? null : new LaunchedProcess(claim.Index!.Value, claim.Count!.Value, claim.ToString());
        }

        return claim is not { Count: > 1 } ? new LaunchedProcess(array.Index!.Value, array.Count!.Value, array.ToString())
            : new LaunchedProcess(
                checked((array.Index!.Value * claim.Count.Value) + claim.Index!.Value), checked(array.Count!.Value * claim.Count.Value), $"{array}, {claim}");
    }

    private static LaunchClaim? Innermost(LaunchVariables variables)
    {
        LaunchClaim?[] read =
        [
            KubernetesIndexedJob.Read(variables), SageMaker.Read(variables), SlurmStep.Read(variables), .. MpiLaunchers.Read(variables),
            Torchrun.OfProcess(variables),
        ];
        LaunchClaim[] claims = [.. read.OfType<LaunchClaim>().Where(static claim => claim is { Index: not null, Count: not null })];
        LaunchClaim? innermost = claims.Length == 0 ? null : claims[0];
        foreach (LaunchClaim inner in claims.Skip(1))
        {
            RefuseContradiction(innermost!, inner);
            innermost = inner;
        }

        innermost = With(innermost, Torchrun.OfNodeOrImage(variables));
        foreach (LaunchClaim half in read.OfType<LaunchClaim>().Except(claims))
        {
            RefuseHalf(half, innermost);
        }

        return innermost;
    }

    // Where one launcher starts another, there are more of what the inner one counts. The other way round each of the outer one's processes runs
    // something of its own, and which of the two is meant nobody knows.
    private static void RefuseContradiction(LaunchClaim outer, LaunchClaim inner)
    {
        bool agree = (outer.Index, outer.Count) == (inner.Index, inner.Count) || (inner.Nesting > outer.Nesting && inner.Count > outer.Count);
        if (!agree)
        {
            throw Contradiction(outer, inner);
        }
    }

    // RANK and WORLD_SIZE without LOCAL_RANK are a script's word about this process where they count the most, or that of its node where the processes fit.
    // An image's default says that there is one process, which is none of several.
    private static LaunchClaim? With(LaunchClaim? innermost, LaunchClaim? said)
    {
        if (innermost is null || said is null)
        {
            return said ?? innermost;
        }

        if ((said.Index, said.Count) == (innermost.Index, innermost.Count))
        {
            return innermost;
        }

        bool isOfProcess = said.Count > innermost.Count && innermost.Nesting < LaunchNesting.Processes;
        bool isOfNode = said.Count > 1 && said.Count < innermost.Count
            && innermost.Index!.Value * (long)said.Count!.Value / innermost.Count!.Value == said.Index;
        return isOfProcess ? said : isOfNode ? innermost : throw Contradiction(said, innermost);
    }

    private static void RefuseHalf(LaunchClaim half, LaunchClaim? whole)
    {
        if (whole is null)
        {
            throw new LaunchException(
                $"{half.Launcher} says only half of what is needed: {half.Variables}; "
                + "the rank must be at least 0 and below the world size, and both must be set");
        }

        bool isSame = half.Nesting == LaunchNesting.Processes && whole.Nesting is LaunchNesting.Processes or LaunchNesting.Step;
        bool agree = isSame ? half.Index == whole.Index

            // Its nodes or processes are among those that the other one counts; and one of several is not the only one that an image speaks of.
            : half.Index < whole.Count && !(whole is { Count: 1, Nesting: LaunchNesting.Unknown });
        if (!agree)
        {
            throw Contradiction(half, whole);
        }
    }

    private static LaunchException Contradiction(LaunchClaim one, LaunchClaim other) =>
        new($"which of several processes this one is, is said in two ways: {one} and {other}; {SayIt}");
}

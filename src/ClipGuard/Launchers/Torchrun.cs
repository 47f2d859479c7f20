namespace ClipGuard.Launchers;

/// <summary>
/// <c>RANK</c> and <c>WORLD_SIZE</c>. torchrun, accelerate and DeepSpeed's launcher give each process its own, and <c>LOCAL_RANK</c> with them. Where that is
/// not set they may be a script's own words about this process, those of a node (PAI-DLC and Kubeflow set them once for each), or an image's default.
/// </summary>
internal static class Torchrun
{
    private const string Rank = "RANK";
    private const string World = "WORLD_SIZE";
    private const string LocalRank = "LOCAL_RANK";
    private const string LocalWorld = "LOCAL_WORLD_SIZE";
    private const string PerNode = "NPROC_PER_NODE";

    /// <summary>What the variables say of this process, where they are of processes; otherwise null.</summary>
    /// <exception cref="LaunchException">One of the two is missing, or they contradict those of the node's processes.</exception>
    public static LaunchClaim? OfProcess(LaunchVariables variables)
    {
        if (!variables.Has(LocalRank) || Both(variables, "torchrun", LaunchNesting.Workers) is not { } claim)
        {
            return null;
        }

        // More processes on this node than there are in all: what is counted are nodes.
        int? local = variables.Number(LocalWorld) ?? variables.Number(PerNode);
        string localName = variables.Has(LocalWorld) ? LocalWorld : PerNode;
        return local > claim.Count || variables.Number(LocalRank) > claim.Index
            ? throw new LaunchException(
                $"{claim.Variables} cannot be those of a process with {variables.Show(LocalRank, localName)}: they count nodes. Start processes with torchrun, "
                + "or say the rank yourself")
            : claim;
    }

    /// <summary>What the variables say where they may be those of a node, or nobody's.</summary>
    /// <exception cref="LaunchException">One of the two is missing.</exception>
    public static LaunchClaim? OfNodeOrImage(LaunchVariables variables)
    {
        if (variables.Has(LocalRank) || Both(variables, "whoever set RANK and WORLD_SIZE", LaunchNesting.Unknown) is not { } claim)
        {
            return null;
        }

        int? each = variables.Number(PerNode) ?? variables.Number(LocalWorld);
        string shown = $"{claim.Variables}, {variables.Show(variables.Has(PerNode) ? PerNode : LocalWorld)}";
        return each > 1 ? claim with { ProcessesPerNode = each, Variables = shown } : claim;
    }

    private static LaunchClaim? Both(LaunchVariables variables, string launcher, LaunchNesting nesting) =>
        variables.Pair(launcher, nesting, Rank, World) is not { } claim ? null
        : claim is { Index: not null, Count: not null } ? claim
        : throw new LaunchException(
            $"torchrun's variables name no rank: {claim.Variables}; the rank must be at least 0 and below the world size, and both must be set");
}

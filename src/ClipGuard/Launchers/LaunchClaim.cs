namespace ClipGuard.Launchers;

/// <summary>What one launcher's variables say: which of how many processes, or nodes, this one is.</summary>
/// <param name="Launcher">The launcher's name.</param>
/// <param name="Nesting">Where it stands among launchers that start one another.</param>
/// <param name="Index">In [0, <paramref name="Count"/>); null where no variable says it.</param>
/// <param name="Count">How many there are; null where no variable says it.</param>
/// <param name="Variables">The variables with their values, as messages show them.</param>
internal sealed record LaunchClaim(string Launcher, LaunchNesting Nesting, int? Index, int? Count, string Variables)
{
    /// <summary>Processes on each of what is counted, where these are nodes and that is more than one; otherwise null.</summary>
    public int? ProcessesPerNode { get; init; }

    /// <summary>The launcher and what its variables say.</summary>
    public override string ToString() => $"{Launcher} ({Variables})";
}

/// <summary>Launchers by what starts what: each may start those behind it, of which there are then as many or more.</summary>
internal enum LaunchNesting
{
    /// <summary>Jobs of an array, each a job of its own.</summary>
    Array,

    /// <summary>Pods or hosts.</summary>
    Nodes,

    /// <summary>Not known: what variables say that anybody may have set.</summary>
    Unknown,

    /// <summary>Tasks of a step, one for each process or one for each node.</summary>
    Step,

    /// <summary>Processes that an MPI launcher, or one like it, started.</summary>
    Processes,

    /// <summary>Processes that torchrun, or one like it, started.</summary>
    Workers,
}

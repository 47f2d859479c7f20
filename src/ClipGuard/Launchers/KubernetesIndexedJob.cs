namespace ClipGuard.Launchers;

/// <summary>
/// A pod of a Kubernetes Indexed Job. Kubernetes says its index and not how many there are: the pod's template has to set <c>JOB_COMPLETIONS</c>, and anew
/// where an elastic job's completions change. That variable alone says nothing, for a template may serve other jobs too.
/// </summary>
internal static class KubernetesIndexedJob
{
    private const string Index = "JOB_COMPLETION_INDEX";
    private const string Count = "JOB_COMPLETIONS";

    /// <summary>The claim; null in other pods and outside Kubernetes.</summary>
    /// <exception cref="LaunchException">There is no such index.</exception>
    public static LaunchClaim? Read(LaunchVariables variables) =>
        variables.Has(Index) ? variables.Pair("Kubernetes' Indexed Job", LaunchNesting.Nodes, Index, Count) : null;
}

namespace ClipGuard.Helper.Sandbox;

/// <summary>Ends this process when the one that started it ends, however it ends.</summary>
internal static class ParentDeath
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int SIGKILL = 9;

    // Where the parent has ended before this call, the socket is at its end, and the first wait for a request ends the helper.
    public static void EndWithParent() => SystemCalls.Prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

using ClipGuard.Media.Native;

namespace ClipGuard.Helper.Sandbox;

/// <summary>Ends this process when the one that started it ends, however it ends.</summary>
internal static class ParentDeath
{
    // Where the parent has ended before this call, the socket is at its end, and the first wait for a request ends the helper.
    public static void EndWithParent() => _ = Libc.Prctl(Libc.PR_SET_PDEATHSIG, Libc.SIGKILL, 0, 0, 0);
}

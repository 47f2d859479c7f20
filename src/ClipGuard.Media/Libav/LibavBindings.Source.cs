namespace ClipGuard.Media.Libav;

/// <summary>What the built-in bindings need before their first call: nothing, the system's loader finds the libraries.</summary>
internal static class LibavBindings
{
    public static void Prepare()
    {
    }
}

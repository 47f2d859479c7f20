namespace ClipGuard.Media.Wire;

/// <summary>The names of what a helper can be asked for, as <c>spec.as</c> and a greeting's <c>kinds</c> have them.</summary>
internal static class WireKindNames
{
    /// <summary>All that there are.</summary>
    public static IReadOnlyList<string> All { get; } = ["audio", "video", "image", "inspect"];

    /// <summary>Whether a spec asks for several windows of a clip, which not every helper can give.</summary>
    public static bool AsksForWindows(ClipSpec spec) => spec is AudioSpec { Windows: not null } or VideoSpec { Selection: WindowFrames };

    /// <summary>What a spec asks for.</summary>
    public static string Of(ClipSpec spec) => spec.Kind switch
    {
        ClipKind.Audio => "audio",
        ClipKind.Video => "video",
        ClipKind.Image => "image",
        _ => "inspect",
    };
}

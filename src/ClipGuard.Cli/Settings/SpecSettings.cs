namespace ClipGuard.Cli.Settings;

/// <summary>What training makes of clips, and what one clip may ask for.</summary>
internal static class SpecSettings
{
    public static IReadOnlyList<Setting> All { get; } =
        [.. AudioSettings.All, .. TimeRangeSettings.All, .. FrameSettings.All, .. PictureSettings.All, .. LimitSettings.All];
}

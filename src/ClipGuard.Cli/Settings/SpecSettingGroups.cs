namespace ClipGuard.Cli.Settings;

/// <summary>What training makes of clips, and what one clip may ask for.</summary>
internal static class SpecSettingGroups
{
    public static IReadOnlyList<SettingGroup> All { get; } =
        [AudioSettings.Group, TimeRangeSettings.Group, FrameSettings.Group, .. PictureSettings.All, ClipLimitSettings.Group];
}

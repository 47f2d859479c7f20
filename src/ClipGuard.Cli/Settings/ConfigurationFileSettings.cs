namespace ClipGuard.Cli.Settings;

/// <summary>Which configuration file is read.</summary>
internal static class ConfigurationFileSettings
{
    public static readonly SettingGroup Group = new("General");

    /// <summary>Names the configuration file, and so cannot be a key in it.</summary>
    public static readonly Setting<string> Config = Group.Value(
        "config",
        "FILE",
        "JSON file whose keys are these options, audioRate for --audio-rate, and a section Serilog for the log. Default: none.",
        text => text,
        allowed: AllowedSources.Environment);
}

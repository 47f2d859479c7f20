using System.CommandLine;

namespace ClipGuard.Cli.Settings;

/// <summary>Settings in a command's grammar.</summary>
internal static class SettingGrammar
{
    /// <summary>Has a command take the settings' options, and the one that names the configuration file.</summary>
    public static void Add(this Command command, IEnumerable<Setting> settings)
    {
        command.Add(RunSettings.Config.Option);
        foreach (Setting setting in settings)
        {
            command.Add(setting.Option);
        }
    }
}

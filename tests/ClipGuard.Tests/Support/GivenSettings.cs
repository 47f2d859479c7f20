using System.CommandLine;

using ClipGuard.Cli.Settings;

namespace ClipGuard.Tests.Support;

/// <summary>What a user said to a command with the options of a dry run: in variables of the environment, in a configuration file and as arguments.</summary>
internal sealed class GivenSettings
{
    /// <summary>The variables.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The configuration file's text; null for none.</summary>
    public string? Configuration { get; set; }

    /// <summary>All of it, with these arguments.</summary>
    public SettingSources With(params string[] arguments)
    {
        SettingGroup[] groups =
            [OutputSettings.Group, ManifestSettings.Rows, ManifestSettings.Group, ManifestSettings.Exclusion, .. GuardSettings.All, .. SpecSettingGroups.All];
        Setting[] settings = [.. groups.SelectMany(group => group.Settings)];
        var command = new Command("test");
        foreach (Setting setting in settings)
        {
            command.Add(setting.Option);
        }

        ConfigurationFile? file = null;
        if (Configuration is not null)
        {
            string path = Path.GetTempFileName();
            File.WriteAllText(path, Configuration);
            file = ConfigurationFile.Read(path, [.. settings.Select(setting => setting.Key!)]);
            File.Delete(path);
        }

        return new SettingSources(command.Parse(arguments), Environment.GetValueOrDefault, file);
    }
}

using System.CommandLine;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;

namespace ClipGuard.Cli.Settings;

/// <summary>Finds the configuration file and what in the environment was meant for ClipGuard.</summary>
internal static class RunConfiguration
{
    /// <summary>The configuration file that the command line or the environment names, or null for none: nothing is picked up unasked.</summary>
    /// <exception cref="UsageException">It cannot be read, or has a key that is none of <paramref name="settings"/>.</exception>
    public static ConfigurationFile? ReadFile(ParseResult commandLine, IReadOnlyCollection<Setting> settings)
    {
        var sources = new SettingSources(commandLine, Environment.GetEnvironmentVariable, null);
        return sources.OriginOf(RunSettings.Config) is null
            ? null
            : ConfigurationFile.Read(sources.Get(RunSettings.Config, string.Empty), [.. settings.Select(setting => setting.Key)]);
    }

    /// <summary>Tells of variables that look like settings and are none. No error: another program may have the same prefix.</summary>
    public static void WarnOfUnknownVariables(IReadOnlyCollection<Setting> settings, Screen screen)
    {
        string[] known = [.. settings.Select(setting => setting.Variable), RunSettings.Config.Variable];
        foreach (string variable in Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            if (variable.StartsWith(Setting.VariablePrefix, StringComparison.Ordinal) && !known.Contains(variable))
            {
                screen.Note($"the environment variable {variable} is no setting{NearestName.Hint(variable, known)}");
            }
        }
    }
}

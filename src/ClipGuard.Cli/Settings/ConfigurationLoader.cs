using System.CommandLine;

using ClipGuard.Cli.Running;

namespace ClipGuard.Cli.Settings;

/// <summary>Finds the configuration file and what in the environment was meant for ClipGuard.</summary>
internal static class ConfigurationLoader
{
    /// <summary>The configuration file that the command line or the environment names, or null for none: nothing is picked up unasked.</summary>
    /// <exception cref="UsageException">It cannot be read, or has a key that is none of <paramref name="known"/>.</exception>
    public static ConfigurationFile? ReadFile(ParseResult commandLine, IEnumerable<Setting> known)
    {
        var sources = new SettingSources(commandLine, Environment.GetEnvironmentVariable, null);
        return sources.OriginOf(ConfigurationFileSettings.Config) is null
            ? null
            : ConfigurationFile.Read(sources.Get(ConfigurationFileSettings.Config, string.Empty), [.. known.Select(setting => setting.Key).OfType<string>()]);
    }

    /// <summary>
    /// A line for each variable that looks like a setting and is none. That is no error, for another program may have the same prefix.
    /// </summary>
    public static IEnumerable<string> UnknownVariables(IEnumerable<Setting> known)
    {
        string[] variables = [.. known.Select(setting => setting.Variable).OfType<string>()];
        return Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(variable => variable.StartsWith(Setting.VariablePrefix, StringComparison.Ordinal) && !variables.Contains(variable))
            .Order(StringComparer.Ordinal)
            .Select(variable => $"the environment variable {variable} is no setting{NearestName.Hint(variable, variables)}");
    }
}

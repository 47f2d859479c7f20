using System.CommandLine;

using ClipGuard.Cli.Running;

namespace ClipGuard.Cli.Settings;

/// <summary>
/// Where values come from, strongest first: the command line, the setting's environment variable, its other environment variable
/// where it has one, the configuration file, and the built-in default.
/// </summary>
/// <param name="commandLine">The parsed command line.</param>
/// <param name="environment">Looks up an environment variable.</param>
/// <param name="file">The configuration file; null where none was named.</param>
internal sealed class SettingSources(ParseResult commandLine, Func<string, string?> environment, ConfigurationFile? file)
{
    /// <summary>The value in force, or <paramref name="unset"/> where nobody gave one.</summary>
    /// <exception cref="UsageException">What was given is no such value; the message says where it stands.</exception>
    public T Get<T>(Setting<T> setting, T unset)
    {
        if (Find(setting) is not { } found)
        {
            return unset;
        }

        try
        {
            return setting.Parse(found.Text);
        }
        catch (FormatException error)
        {
            throw new UsageException($"{found.Origin}: {error.Message}", error);
        }
    }

    /// <summary>Where the value in force was given, for messages; null where nobody gave one.</summary>
    public string? OriginOf(Setting setting) => Find(setting)?.Origin;

    /// <summary>How strong the source of the value in force is: more is stronger, and 0 is none.</summary>
    public int StrengthOf(Setting setting) => Find(setting)?.Strength ?? 0;

    private (string Text, string Origin, int Strength)? Find(Setting setting)
    {
        if (setting.From(commandLine) is { } option)
        {
            return (option, setting.OptionName, 3);
        }

        foreach (string? variable in new[] { setting.Variable, setting.OtherVariable })
        {
            if (variable is not null && environment(variable) is { } value)
            {
                return (value, variable, 2);
            }
        }

        return setting.Key is { } key && file?.Find(key) is { } entry ? (entry.Text, entry.Origin, 1) : null;
    }
}

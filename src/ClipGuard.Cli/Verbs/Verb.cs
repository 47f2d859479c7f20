using System.CommandLine;

using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;

namespace ClipGuard.Cli.Verbs;

/// <summary>One of the command's verbs: its arguments, the groups of settings that it takes, and what it does.</summary>
internal sealed class Verb : Command
{
    /// <summary>A verb.</summary>
    /// <param name="name">What the user types.</param>
    /// <param name="description">What help says of it.</param>
    /// <param name="arguments">What stands on the command line without an option's name.</param>
    /// <param name="groups">The settings, in the order in which help shows them.</param>
    /// <param name="run">What it does; gives one of <see cref="Running.ExitCode"/>.</param>
    public Verb(string name, string description, IEnumerable<Argument> arguments, IReadOnlyList<SettingGroup> groups, Func<Invocation, Task<int>> run)
        : base(name, description)
    {
        Groups = [.. groups, ConfigurationFileSettings.Group];
        foreach (Argument argument in arguments)
        {
            Add(argument);
        }

        foreach (Setting setting in Settings)
        {
            Add(setting.Option);
        }

        SetAction((commandLine, _) => run(Begin(commandLine)));
    }

    /// <summary>The settings by their headings, <c>--config</c> included.</summary>
    public IReadOnlyList<SettingGroup> Groups { get; }

    /// <summary>The settings.</summary>
    public IEnumerable<Setting> Settings => Groups.SelectMany(group => group.Settings);

    // One configuration file and one environment may serve all verbs: what another verb would know is not mistyped.
    private Invocation Begin(ParseResult commandLine)
    {
        Setting[] known = [.. Parents.OfType<Command>().SelectMany(command => command.Subcommands).OfType<Verb>().SelectMany(verb => verb.Settings).Distinct()];
        var screen = CommandConsole.TakeConsole();
        ConfigurationFile? file = ConfigurationLoader.ReadFile(commandLine, known);
        foreach (string line in ConfigurationLoader.UnknownVariables(known))
        {
            screen.Note(line);
        }

        return new Invocation(commandLine, screen, file, new SettingSources(commandLine, Environment.GetEnvironmentVariable, file));
    }
}

/// <summary>What a verb is run with.</summary>
/// <param name="CommandLine">The parsed command line.</param>
/// <param name="Console">Where results and errors are told.</param>
/// <param name="File">The configuration file; null where none was named.</param>
/// <param name="Sources">Where the settings' values come from.</param>
internal sealed record Invocation(ParseResult CommandLine, CommandConsole Console, ConfigurationFile? File, SettingSources Sources);

using System.CommandLine;
using System.CommandLine.Invocation;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;

namespace ClipGuard.Cli;

/// <summary>
/// Answers <c>--help</c>: a verb's options under the headings of their groups, which System.CommandLine's own help cannot show, where else options can be
/// given, and what the exit codes say.
/// </summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int MostColumns = 120;
    private const int FewestColumns = 60;
    private const int WidestName = 34;
    private const string HelpNames = "--help, -h, -?";

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        foreach (string line in Lines(parseResult.CommandResult.Command, Columns()))
        {
            output.WriteLine(line);
        }

        return ExitCode.Clean;
    }

    /// <summary>A command's help.</summary>
    /// <param name="command">The command, or one of its verbs.</param>
    /// <param name="columns">Characters that a line may have.</param>
    internal static IEnumerable<string> Lines(Command command, int columns)
    {
        (string Title, (string Name, string Text)[] Rows)[] sections = command is Verb verb ? [.. SectionsOf(verb)] : [.. SectionsOf(command)];
        int names = Math.Min(WidestName, sections.SelectMany(section => section.Rows).Max(row => row.Name.Length));
        return
        [
            .. Wrapped(command.Description ?? string.Empty, columns),
            string.Empty,
            "Usage:",
            $"  {Usage(command)}",
            .. sections.SelectMany(section => (string[])[string.Empty, $"{section.Title}:", .. section.Rows.SelectMany(row => Row(row, names, columns))]),
            .. Closing,
        ];
    }

    private static string[] Closing =>
    [
        string.Empty,
        "Where options come from, strongest first:",
        "  the command line             --audio-rate 24000",
        "  environment variables        CLIPGUARD_AUDIO_RATE=24000; for the timeout MEDIA_DECODE_TIMEOUT too",
        "  the file that --config names { \"audioRate\": 24000 }",
        string.Empty,
        "Exit codes:",
        "  0 no fault · 1 faults found · 2 bad usage, configuration or manifest · 3 something missing on the machine",
        "  4 no fault, and some clips unsettled · 70 a bug of ClipGuard's own · 130 cancelled",
    ];

    private static string Usage(Command command) => command is Verb
        ? string.Join(' ', ["clipguard", command.Name, .. command.Arguments.Select(Name), "[options]"])
        : $"{command.Name} [command] [options]";

    private static IEnumerable<(string Title, (string Name, string Text)[] Rows)> SectionsOf(Command command) =>
    [
        ("Commands", [.. command.Subcommands.Select(verb => (verb.Name, verb.Description ?? string.Empty))]),
        ("Options", [(HelpNames, "Show this help; behind a command, that command's."), .. command.Options.OfType<VersionOption>().Select(Described)]),
    ];

    private static IEnumerable<(string Title, (string Name, string Text)[] Rows)> SectionsOf(Verb verb) =>
    [
        ("Arguments", [.. verb.Arguments.Select(argument => (Name(argument), argument.Description ?? string.Empty))]),
        .. verb.Groups.GroupBy(group => group.Heading).Select(groups => (groups.Key, Rows(groups.SelectMany(group => group.Settings)))),
    ];

    private static (string Name, string Text)[] Rows(IEnumerable<Setting> settings)
    {
        (string, string)[] rows = [.. settings.Select(setting => (Name(setting), setting.Option.Description ?? string.Empty))];
        return settings.Contains(ConfigurationFileSettings.Config) ? [.. rows, (HelpNames, "Show this help.")] : rows;
    }

    private static (string Name, string Text) Described(Option option) => (option.Name, option.Description ?? string.Empty);

    private static string Name(Argument argument) => argument.HelpName ?? argument.Name;

    private static string Name(Setting setting) => setting.ValueName is { } value ? $"{setting.OptionName} {value}" : setting.OptionName;

    // A name that is too wide for its column has a line of its own.
    private static IEnumerable<string> Row((string Name, string Text) row, int names, int columns)
    {
        (string name, string text) = row;
        string indent = new(' ', names + 4);
        string[] lines = [.. Wrapped(text, columns - indent.Length)];
        return name.Length > names
            ? [$"  {name}", .. lines.Select(line => indent + line)]
            : [$"  {name.PadRight(names)}  {lines[0]}", .. lines.Skip(1).Select(line => indent + line)];
    }

    private static IEnumerable<string> Wrapped(string text, int columns)
    {
        string line = string.Empty;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > columns)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }

    // A pipe has no width, and a page that is too wide is hard to read.
    private static int Columns() => Console.IsOutputRedirected ? MostColumns : Math.Clamp(Console.WindowWidth - 1, FewestColumns, MostColumns);
}

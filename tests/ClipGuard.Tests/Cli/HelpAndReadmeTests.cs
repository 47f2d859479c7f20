using System.Text.RegularExpressions;

using ClipGuard.Cli;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;

using NUnit.Framework;

namespace ClipGuard.Tests.Cli;

/// <summary>What <c>--help</c> shows of each command's options, and that README's tables have the same.</summary>
[CancelAfter(30_000)]
public sealed partial class HelpAndReadmeTests
{
    private static readonly Verb[] Verbs = [.. ClipGuardCommand.Build().Subcommands.Cast<Verb>()];

    [Test]
    public void The_readme_has_the_options_that_help_shows_for_each_command()
    {
        IEnumerable<Row> shown = Verbs
            .SelectMany(verb => HelpRows(verb).Select(row => (row.Heading, row.Option, Setting: SettingOf(verb, row.Option), Verb: verb.Name)))
            .GroupBy(row => (row.Heading, row.Option, row.Setting))
            .Select(rows => new Row(rows.Key.Heading, rows.Key.Option, rows.Key.Setting.Key ?? string.Empty, InOrder(rows.Select(row => row.Verb))));

        Assert.That(ReadmeRows(), Is.EquivalentTo(shown));
    }

    [Test]
    public void Help_shows_every_option_that_a_command_takes()
    {
        foreach (Verb verb in Verbs)
        {
            Assert.That(
                HelpRows(verb).Select(row => row.Option.Split(' ')[0]),
                Is.EquivalentTo(verb.Options.Select(option => option.Name)),
                verb.Name);
        }
    }

    [Test]
    public void Lines_of_help_are_as_wide_as_the_terminal_and_no_wider([Values(79, 119)] int columns)
    {
        foreach (Verb verb in Verbs)
        {
            string[] lines = [.. HelpText.Lines(verb, columns).TakeWhile(line => !line.StartsWith("Where options come from", StringComparison.Ordinal))];
            Assert.That(lines.Where(line => line.Length > columns), Is.Empty, verb.Name);
        }
    }

    [Test]
    public void No_command_takes_two_settings_of_one_name()
    {
        foreach (Verb verb in Verbs)
        {
            Assert.That(verb.Settings.Select(setting => setting.Name), Is.Unique, verb.Name);
            Assert.That(verb.Settings.Select(setting => setting.Key).OfType<string>(), Is.Unique, verb.Name);
        }
    }

    private static Setting SettingOf(Verb verb, string option) => verb.Settings.Single(setting => setting.OptionName == option.Split(' ')[0]);

    // A heading ends with a colon at the margin; an option stands two characters in, its text at least two behind it or on the next line.
    private static IEnumerable<(string Heading, string Option)> HelpRows(Verb verb)
    {
        string heading = string.Empty;
        foreach (string line in HelpText.Lines(verb, columns: 1000))
        {
            heading = Heading().Match(line) is { Success: true } match ? match.Groups[1].Value : heading;
            if (OptionOfHelp().Match(line) is { Success: true } row && !row.Groups[1].Value.StartsWith("--help,", StringComparison.Ordinal))
            {
                yield return (heading, row.Groups[1].Value);
            }
        }
    }

    private static IEnumerable<Row> ReadmeRows()
    {
        string heading = string.Empty;
        foreach (string line in File.ReadLines(Repository.PathOf("src", "ClipGuard.Cli", "Options.md")))
        {
            heading = line.StartsWith("### ", StringComparison.Ordinal) ? line[4..] : heading;
            if (line.StartsWith("| `--", StringComparison.Ordinal))
            {
                string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
                yield return new Row(heading, cells[1].Trim('`'), cells[2].Trim('`'), Commands(cells[4]));
            }
        }
    }

    private static string Commands(string cell) => cell switch
    {
        "all" => InOrder(Verbs.Select(verb => verb.Name)),
        _ when cell.StartsWith("all but ", StringComparison.Ordinal) => InOrder(Verbs.Select(verb => verb.Name).Except(cell[8..].Split(", "))),
        _ => InOrder(cell.Split(", ")),
    };

    private static string InOrder(IEnumerable<string> verbs) => string.Join(", ", verbs.Order(StringComparer.Ordinal));

    [GeneratedRegex("^([A-Z].*):$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^  (--[a-z].*?)(  |$)")]
    private static partial Regex OptionOfHelp();

    private sealed record Row(string Heading, string Option, string Key, string Commands);
}

using System.CommandLine;
using System.Globalization;

namespace ClipGuard.Cli.Settings;

/// <summary>
/// One thing that a user can set: by an option, by an environment variable or by a key of the configuration file.
/// Its name gives all three: <c>audio-rate</c> is <c>--audio-rate</c>, <c>CLIPGUARD_AUDIO_RATE</c> and <c>audioRate</c>.
/// </summary>
internal abstract class Setting(string name, string? valueName)
{
    public const string VariablePrefix = "CLIPGUARD_";

    public string Name { get; } = name;

    public string OptionName { get; } = "--" + name;

    /// <summary>What help and README call the value; null where the option takes none.</summary>
    public string? ValueName { get; } = valueName;

    /// <summary>The environment variable; null where none counts.</summary>
    public string? Variable => AllowedSources.HasFlag(AllowedSources.Environment)
        ? VariablePrefix + Name.Replace('-', '_').ToUpper(CultureInfo.InvariantCulture) : null;

    /// <summary>The key of the configuration file; null where none counts.</summary>
    public string? Key => AllowedSources.HasFlag(AllowedSources.File) ? CamelCase(Name) : null;

    /// <summary>A variable of another name that counts where <see cref="Variable"/> is not set; null for none.</summary>
    public string? OtherVariable { get; init; }

    /// <summary>Where the setting can be given, beside the command line.</summary>
    public AllowedSources AllowedSources { get; init; } = AllowedSources.Everywhere;

    /// <summary>What the command line takes.</summary>
    public abstract Option Option { get; }

    /// <summary>What the command line says, or null where it does not say anything.</summary>
    public abstract string? From(ParseResult commandLine);

    private static string CamelCase(string name)
    {
        string[] words = name.Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}

/// <summary>Where a setting can be given. The command line is always one of the places.</summary>
[Flags]
internal enum AllowedSources
{
    /// <summary>On the command line alone: what is meant for one invocation.</summary>
    CommandLine = 0,

    /// <summary>By an environment variable too.</summary>
    Environment = 1,

    /// <summary>By a key of the configuration file too.</summary>
    File = 2,

    /// <summary>In all three ways.</summary>
    Everywhere = Environment | File,
}

/// <summary>A setting and the type of its value.</summary>
internal abstract class Setting<T>(string name, string? valueName, Func<string, T> parse) : Setting(name, valueName)
{
    /// <summary>Turns text into a value.</summary>
    /// <exception cref="FormatException">The text is no such value; the message says what is expected.</exception>
    public Func<string, T> Parse { get; } = parse;
}

/// <summary>A setting that takes a value.</summary>
internal sealed class ValueSetting<T> : Setting<T>
{
    private readonly Option<string> _option;

    public ValueSetting(string name, string valueName, string description, Func<string, T> parse)
        : base(name, valueName, parse) => _option = new Option<string>(OptionName) { HelpName = valueName, Description = description };

    public override Option Option => _option;

    public override string? From(ParseResult commandLine) =>
        commandLine.GetResult(_option) is { Implicit: false } ? commandLine.GetValue(_option) : null;
}

/// <summary>
/// A setting that may be given several times on the command line; elsewhere its values stand one after the other with a separator between, as in PATH.
/// </summary>
internal sealed class ListSetting<T> : Setting<IReadOnlyList<T>>
{
    // Ends each value of the command line, where a value may hold the separator.
    private const char End = '\0';

    private readonly Option<string[]> _option;

    public ListSetting(string name, string valueName, string description, Func<string, T> parse, char separator)
        : base(name, valueName, text => [.. Split(text, separator).Select(parse)]) =>
        _option = new Option<string[]>(OptionName) { HelpName = valueName, Description = description, Arity = ArgumentArity.OneOrMore };

    public override Option Option => _option;

    public override string? From(ParseResult commandLine) =>
        commandLine.GetResult(_option) is { Implicit: false } ? string.Concat((commandLine.GetValue(_option) ?? []).Select(static value => value + End)) : null;

    private static string[] Split(string text, char separator) => text is [.., End] ? text[..^1].Split(End)
        : separator == '\n' ? text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : text.Split(separator);
}

/// <summary>A setting that is on or off: <c>--name</c> alone means on.</summary>
internal sealed class FlagSetting : Setting<bool>
{
    private readonly Option<bool> _option;

    public FlagSetting(string name, string description)
        : base(name, null, SettingTextParser.TrueOrFalse) => _option = new Option<bool>(OptionName) { Description = description };

    public override Option Option => _option;

    public override string? From(ParseResult commandLine) =>
        commandLine.GetResult(_option) is { Implicit: false } ? (commandLine.GetValue(_option) ? "true" : "false") : null;
}

using System.CommandLine;
using System.Globalization;

namespace ClipGuard.Cli.Settings;

/// <summary>
/// One thing that a user can set: by an option, by an environment variable or by a key of the configuration file.
/// Its name gives all three: <c>audio-rate</c> is <c>--audio-rate</c>, <c>CLIPGUARD_AUDIO_RATE</c> and <c>audioRate</c>.
/// </summary>
internal abstract class Setting(string name)
{
    public const string VariablePrefix = "CLIPGUARD_";

    public string Name { get; } = name;

    public string OptionName { get; } = "--" + name;

    public string Variable { get; } = VariablePrefix + name.Replace('-', '_').ToUpper(CultureInfo.InvariantCulture);

    public string Key { get; } = CamelCase(name);

    /// <summary>A variable of another name that counts where <see cref="Variable"/> is not set; null for none.</summary>
    public string? OtherVariable { get; init; }

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

/// <summary>A setting and the type of its value.</summary>
internal abstract class Setting<T>(string name, Func<string, T> parse) : Setting(name)
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
        : base(name, parse) => _option = new Option<string>(OptionName) { HelpName = valueName, Description = description };

    public override Option Option => _option;

    public override string? From(ParseResult commandLine) =>
        commandLine.GetResult(_option) is { Implicit: false } ? commandLine.GetValue(_option) : null;
}

/// <summary>A setting that is on or off: <c>--name</c> alone means on.</summary>
internal sealed class FlagSetting : Setting<bool>
{
    private readonly Option<bool> _option;

    public FlagSetting(string name, string description)
        : base(name, ValueText.TrueOrFalse) => _option = new Option<bool>(OptionName) { Description = description };

    public override Option Option => _option;

    public override string? From(ParseResult commandLine) =>
        commandLine.GetResult(_option) is { Implicit: false } ? (commandLine.GetValue(_option) ? "true" : "false") : null;
}

using ClipGuard.Cli.Running;

namespace ClipGuard.Cli.Settings;

/// <summary>Settings that belong together, under a heading of <c>--help</c>. Declaring a setting puts it into its group: no other list names it.</summary>
/// <param name="heading">The heading, without its colon.</param>
internal class SettingGroup(string heading)
{
    private readonly List<Setting> _settings = [];

    /// <summary>The heading, without its colon. Groups of one heading stand under it together.</summary>
    public string Heading { get; } = heading;

    /// <summary>The settings, in the order in which they were declared.</summary>
    public IReadOnlyList<Setting> Settings => _settings;

    /// <summary>Declares a setting that takes a value, and leaves it to the group's owner what the value does.</summary>
    /// <param name="name">Its name, as the option has it behind the dashes.</param>
    /// <param name="valueName">What help and README call the value.</param>
    /// <param name="description">What help says of it, the default included.</param>
    /// <param name="parse">Turns text into a value, and throws <see cref="FormatException"/> where the text is none.</param>
    /// <param name="allowed">Where the setting can be given, beside the command line.</param>
    public Setting<T> Value<T>(
        string name, string valueName, string description, Func<string, T> parse, AllowedSources allowed = AllowedSources.Everywhere) =>
        Add(new ValueSetting<T>(name, valueName, description, parse) { AllowedSources = allowed });

    /// <summary>Declares a setting that may be given several times, and leaves it to the group's owner what the values do.</summary>
    /// <param name="name">Its name, as the option has it behind the dashes.</param>
    /// <param name="valueName">What help and README call a value.</param>
    /// <param name="description">What help says of it, the default included.</param>
    /// <param name="parse">Turns text into one value, and throws <see cref="FormatException"/> where the text is none.</param>
    public Setting<IReadOnlyList<string>> List(string name, string valueName, string description, Func<string, string> parse) =>
        Add(new ListSetting<string>(name, valueName, description, parse, Path.PathSeparator));

    /// <summary>Declares a setting that is on or off, and leaves it to the group's owner what it does.</summary>
    public Setting<bool> Flag(string name, string description) => Add(new FlagSetting(name, description));

    /// <summary>Puts a setting into the group.</summary>
    protected Setting<T> Add<T>(Setting<T> setting)
    {
        _settings.Add(setting);
        return setting;
    }
}

/// <summary>Settings that together make up one options record: each is declared with the member that it sets.</summary>
/// <param name="heading">The heading, without its colon.</param>
/// <param name="unset">The options where nothing is set.</param>
internal sealed class SettingGroup<TOptions>(string heading, TOptions unset) : SettingGroup(heading)
{
    private readonly List<Func<SettingSources, TOptions, TOptions>> _effects = [];

    /// <summary>The options where nothing is set, from which descriptions take their defaults.</summary>
    public TOptions Unset { get; } = unset;

    /// <summary>Declares a setting that takes a value, with what the value does.</summary>
    /// <param name="name">Its name, as the option has it behind the dashes.</param>
    /// <param name="valueName">What help and README call the value.</param>
    /// <param name="description">What help says of it, the default included.</param>
    /// <param name="parse">Turns text into a value, and throws <see cref="FormatException"/> where the text is none.</param>
    /// <param name="set">The options with the value in them.</param>
    /// <param name="otherVariable">A variable of another name that counts too; null for none.</param>
    public Setting<T> Value<T>(
        string name, string valueName, string description, Func<string, T> parse, Func<TOptions, T, TOptions> set, string? otherVariable = null) =>
        Also(new ValueSetting<T>(name, valueName, description, parse) { OtherVariable = otherVariable }, set);

    /// <summary>Declares a setting that may be given several times, in a variable or a file one value a line, with what all its values do.</summary>
    public Setting<IReadOnlyList<T>> Values<T>(
        string name, string valueName, string description, Func<string, T> parse, Func<TOptions, IReadOnlyList<T>, TOptions> set) =>
        Also(new ListSetting<T>(name, valueName, description, parse, '\n'), set);

    /// <summary>Declares a setting that is on or off, with what that does.</summary>
    public Setting<bool> Flag(string name, string description, Func<TOptions, bool, TOptions> set) => Also(new FlagSetting(name, description), set);

    /// <summary>Takes in a setting that another group has declared, with what it does here.</summary>
    public Setting<T> Also<T>(Setting<T> setting, Func<TOptions, T, TOptions> set)
    {
        _effects.Add((sources, options) => sources.OriginOf(setting) is null ? options : set(options, sources.Get(setting, default!)));
        return Add(setting);
    }

    /// <summary>The options with all that was said.</summary>
    /// <exception cref="UsageException">What was said is no such value; the message says where it stands.</exception>
    public TOptions Read(SettingSources sources) => Read(sources, Unset);

    /// <summary>Other options than <see cref="Unset"/>, with all that was said.</summary>
    /// <exception cref="UsageException">What was said is no such value; the message says where it stands.</exception>
    public TOptions Read(SettingSources sources, TOptions options) => _effects.Aggregate(options, (read, effect) => effect(sources, read));
}

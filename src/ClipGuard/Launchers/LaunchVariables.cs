using System.Globalization;

namespace ClipGuard.Launchers;

/// <summary>The variables of the environment, as launchers' readers ask for them.</summary>
/// <param name="lookup">Looks up a variable; null or empty where it is not set.</param>
internal sealed class LaunchVariables(Func<string, string?> lookup)
{
    /// <summary>A variable's text; null where it is not set.</summary>
    public string? Text(string name) => lookup(name) is { Length: > 0 } text ? text : null;

    /// <summary>Whether a variable is set.</summary>
    public bool Has(string name) => Text(name) is not null;

    /// <summary>A variable's number; null where it is not set.</summary>
    /// <exception cref="LaunchException">It is no whole number from 0 on.</exception>
    public int? Number(string name) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int number) ? number
        : throw new LaunchException($"{name} is '{text}', which is no number from 0 on");

    /// <summary>Variables with their values, for messages; those that are not set are told so.</summary>
    public string Show(params string[] names) => string.Join(", ", names.Select(name => Text(name) is { } text ? $"{name}={text}" : $"{name} not set"));

    /// <summary>The claim of a launcher that says index and count in two variables; null where neither is set.</summary>
    /// <exception cref="LaunchException">They are no numbers, or there is no such index.</exception>
    public LaunchClaim? Pair(string launcher, LaunchNesting nesting, string index, string count) =>
        Has(index) || Has(count) ? Claim(launcher, nesting, Number(index), Number(count), index, count) : null;

    /// <summary>A claim that is possible.</summary>
    /// <exception cref="LaunchException">There is no such index.</exception>
    public LaunchClaim Claim(string launcher, LaunchNesting nesting, int? index, int? count, params string[] names) =>
        count is < 1 || index >= count
            ? throw new LaunchException($"{launcher}'s variables name no rank: {Show(names)}; the rank must be at least 0 and below the world size")
            : new LaunchClaim(launcher, nesting, index, count, Show(names));
}

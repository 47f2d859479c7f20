using System.Globalization;

namespace ClipGuard.Media;

/// <summary>Lists as records print them: what is in them, where the compiler would print their type.</summary>
internal static class ListText
{
    private const int Most = 16;

    /// <summary>The first of the items in brackets, and how many more there are.</summary>
    public static string Of<T>(IReadOnlyList<T> items)
        where T : IFormattable
    {
        string first = string.Join(", ", items.Take(Most).Select(static item => item.ToString(null, CultureInfo.InvariantCulture)));
        return items.Count > Most ? $"[{first}, … {items.Count - Most} more]" : $"[{first}]";
    }
}

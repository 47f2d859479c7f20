using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace ClipGuard.Media;

/// <summary>
/// Records with lists as text. What the compiler makes prints a list's type; this prints what is in it, of much the first, and numbers alike in every culture.
/// </summary>
internal static class RecordPrinting
{
    // Of a list; and of one of its items, in characters: a list of lists, or of reports, stays short enough for a line of a log.
    private const int MostItems = 16;
    private const int MostText = 200;

    /// <summary>A record with its public members, those of its base first, as the compiler would print it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="keysOnly">The name of a dictionary whose values are secrets; null for none.</param>
    public static string Of(object record, string? keysOnly = null)
    {
        IEnumerable<string> members = record.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(static member => member.GetMethod is { IsPublic: true } && member.GetIndexParameters().Length == 0)
            .OrderBy(static member => Depth(member.DeclaringType))
            .Select(member => $"{member.Name} = {Text(Value(member, record, member.Name == keysOnly))}");
        return $"{record.GetType().Name} {{ {string.Join(", ", members)} }}";
    }

    /// <summary>The first of the items in brackets, and how many more there are.</summary>
    public static string List(IEnumerable items)
    {
        var text = new StringBuilder("[");
        int count = 0;
        foreach (object? item in items)
        {
            if (count < MostItems)
            {
                text.Append(count > 0 ? ", " : string.Empty).Append(Shortened(Text(item)));
            }

            count++;
        }

        return text.Append(count > MostItems ? string.Create(CultureInfo.InvariantCulture, $", … {count - MostItems} more]") : "]").ToString();
    }

    private static object? Value(PropertyInfo member, object record, bool keysOnly) =>
        member.GetValue(record) is var value && keysOnly && value is IDictionary secrets ? secrets.Keys : value;

    private static string Text(object? value) => value switch
    {
        null => string.Empty,
        string text => text,
        ReadOnlyMemory<byte> bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes"),
        IDictionary pairs => List(pairs.Keys.Cast<object>().Select(key => $"{Text(key)}: {Text(pairs[key])}")),
        IEnumerable items => List(items),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Shortened(string text) => text.Length > MostText ? $"{text.AsSpan(0, MostText)}…" : text;

    private static int Depth(Type? type) => type is null ? 0 : 1 + Depth(type.BaseType);
}

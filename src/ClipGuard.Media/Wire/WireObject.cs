using System.Text.Json;

namespace ClipGuard.Media.Wire;

/// <summary>
/// One JSON object of a message, member by member. An absent member and a null give the fallback, unknown members are never looked at,
/// and one of the wrong type throws.
/// </summary>
internal readonly struct WireObject(JsonElement json)
{
    /// <summary>The object that a member holds.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public WireObject Object(string name) => new(Required(name));

    /// <summary>The object that a member holds, where there is one.</summary>
    public bool TryObject(string name, out WireObject value)
    {
        bool found = TryFind(name, out JsonElement member);
        value = new WireObject(member);
        return found;
    }

    /// <summary>A text.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public string Text(string name) => Required(name).GetString()!;

    /// <summary>A text, or null.</summary>
    public string? TextOrNull(string name) => TryFind(name, out JsonElement member) ? member.GetString() : null;

    /// <summary>A whole number of 32 bit.</summary>
    public int Int32(string name, int fallback = 0) => TryFind(name, out JsonElement member) ? member.GetInt32() : fallback;

    /// <summary>A whole number of 32 bit, or null.</summary>
    public int? Int32OrNull(string name) => TryFind(name, out JsonElement member) ? member.GetInt32() : null;

    /// <summary>A whole number of 64 bit.</summary>
    public long Int64(string name, long fallback = 0) => TryFind(name, out JsonElement member) ? member.GetInt64() : fallback;

    /// <summary>A whole number of 64 bit, or null.</summary>
    public long? Int64OrNull(string name) => TryFind(name, out JsonElement member) ? member.GetInt64() : null;

    /// <summary>A number.</summary>
    public double Double(string name, double fallback = 0) => TryFind(name, out JsonElement member) ? member.GetDouble() : fallback;

    /// <summary>A number, or null.</summary>
    public double? DoubleOrNull(string name) => TryFind(name, out JsonElement member) ? member.GetDouble() : null;

    /// <summary>True or false.</summary>
    public bool Boolean(string name, bool fallback = false) => TryFind(name, out JsonElement member) ? member.GetBoolean() : fallback;

    /// <summary>A length of time in seconds, or null.</summary>
    public TimeSpan? SecondsOrNull(string name) => TryFind(name, out JsonElement member) ? TimeSpan.FromSeconds(member.GetDouble()) : null;

    /// <summary>A member of an enumeration by its name; the first one where it is absent.</summary>
    public TEnum Name<TEnum>(string name)
        where TEnum : struct, Enum => NameOrNull<TEnum>(name) ?? default;

    /// <summary>A member of an enumeration by its name, or null.</summary>
    /// <exception cref="JsonException">No member has that name.</exception>
    public TEnum? NameOrNull<TEnum>(string name)
        where TEnum : struct, Enum =>
        !TryFind(name, out JsonElement member) ? null
        : Enum.TryParse(typeof(TEnum), member.GetString(), ignoreCase: true, out object? value) ? (TEnum)value
        : throw new JsonException($"{name} is \"{member.GetString()}\", which is no {typeof(TEnum).Name}.");

    /// <summary>A list, element by element, or null.</summary>
    public T[]? ListOrNull<T>(string name, Func<JsonElement, T> read)
    {
        if (!TryFind(name, out JsonElement member))
        {
            return null;
        }

        var list = new T[member.GetArrayLength()];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = read(member[i]);
        }

        return list;
    }

    /// <summary>Texts by their names, or null. Of a name that is there twice the last one counts.</summary>
    public Dictionary<string, string>? TextsOrNull(string name)
    {
        if (!TryFind(name, out JsonElement member))
        {
            return null;
        }

        var texts = new Dictionary<string, string>();
        foreach (JsonProperty text in member.EnumerateObject())
        {
            texts[text.Name] = text.Value.GetString()!;
        }

        return texts;
    }

    /// <summary>A list, element by element.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public T[] List<T>(string name, Func<JsonElement, T> read) => ListOrNull(name, read) ?? throw Absent(name);

    private static JsonException Absent(string name) => new($"{name} is missing.");

    private JsonElement Required(string name) => TryFind(name, out JsonElement member) ? member : throw Absent(name);

    private bool TryFind(string name, out JsonElement member) =>
        json.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null;
}

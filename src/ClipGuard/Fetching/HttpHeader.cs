using System.Net.Http.Headers;

namespace ClipGuard.Fetching;

/// <summary>A header that is sent along with requests over http and https. Its value is taken for a secret, and never shown.</summary>
public sealed class HttpHeader
{
    // What a request is made of is not for a user to set: a wrong length or host makes another request of it.
    private static readonly string[] Fixed =
        ["Host", "Connection", "Transfer-Encoding", "Content-Length", "Range", "If-Match", "Accept-Encoding", "Expect"];

    /// <summary>A header.</summary>
    /// <param name="name">Its name, as <c>Authorization</c>.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The name may not be set, or the value has characters that no header may have.</exception>
    public HttpHeader(string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name.Trim();
        Value = value.Trim();
        if (Objection(Name, Value) is { } objection)
        {
            throw new ArgumentException(objection);
        }
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    internal string Value { get; }

    /// <summary>Reads <c>Name: value</c>.</summary>
    /// <exception cref="FormatException">It is no header; the message does not hold the value.</exception>
    public static HttpHeader Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || string.IsNullOrWhiteSpace(text[..colon]))
        {
            throw new FormatException("a header (not shown) was given without a name and a colon, expected 'Name: value'");
        }

        (string name, string value) = (text[..colon].Trim(), text[(colon + 1)..].Trim());
        return Objection(name, value) is { } objection ? throw new FormatException(objection) : new HttpHeader(name, value);
    }

    /// <summary>The name, and no value.</summary>
    public override string ToString() => $"{Name}: …";

    private static string? Objection(string name, string value)
    {
        using var request = new HttpRequestMessage();
        HttpRequestHeaders headers = request.Headers;
        return Fixed.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"the header {name} cannot be set"
            : value.Any(static character => character is < ' ' or > '~') ? $"the value of the header {name} (not shown) has characters that no header may have"
            : !headers.TryAddWithoutValidation(name, value) ? "a header (not shown) has a name that no request may have"
            : null;
    }
}

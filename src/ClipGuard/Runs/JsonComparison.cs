using System.Text.Json.Nodes;

namespace ClipGuard.Runs;

/// <summary>What differs between two sets of settings, for a person.</summary>
internal static class JsonComparison
{
    /// <summary>Adds one clause for each value that differs.</summary>
    public static void Compare(JsonNode? before, JsonNode? now, List<string> differences) => Compare(string.Empty, before, now, differences);

    private static void Compare(string name, JsonNode? before, JsonNode? now, List<string> differences)
    {
        if (before is JsonObject a && now is JsonObject b)
        {
            foreach (string key in a.Select(pair => pair.Key).Union(b.Select(pair => pair.Key)))
            {
                Compare(name.Length == 0 ? key : $"{name}.{key}", a[key], b[key], differences);
            }
        }
        else if (!JsonNode.DeepEquals(before, now))
        {
            differences.Add($"{name} was {Text(before)} and is {Text(now)}");
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "not set";
}

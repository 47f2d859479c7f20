using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Media;

namespace ClipGuard.Cli.Comparing;

/// <summary>How a comparison's JSON is written on the screen: as in its files.</summary>
internal static class ComparisonJsonOptions
{
    /// <summary>camelCase, stages as words, other alphabets as they are.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<DecodeStage>(JsonNamingPolicy.CamelCase) },
    };
}

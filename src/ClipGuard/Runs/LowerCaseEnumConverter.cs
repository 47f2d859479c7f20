using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClipGuard.Runs;

/// <summary>Writes an enum's name in camelCase.</summary>
internal sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;

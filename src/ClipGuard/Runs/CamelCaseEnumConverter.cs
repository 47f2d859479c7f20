using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClipGuard.Runs;

/// <summary>Writes an enum's name in camelCase.</summary>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;

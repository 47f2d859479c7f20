using System.Text.Encodings.Web;
using System.Text.Json;

using ClipGuard.Runs;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Reports;

/// <summary>What a comparison of a manifest's pairs came to: the content of <c>comparison.json</c>, from which a report is made with the other files.</summary>
internal sealed record ComparisonSummary
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "comparison.json";

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>The manifest of pairs.</summary>
    public required string Manifest { get; init; }

    /// <summary>What measured: the metric's name, or the command line of a program.</summary>
    public required string Measure { get; init; }

    /// <summary>The field or column that names the reference.</summary>
    public required string ReferenceColumn { get; init; }

    /// <summary>The field or column that names the distorted clip.</summary>
    public required string DistortedColumn { get; init; }

    /// <summary>Pairs that got scores.</summary>
    public required long Scored { get; init; }

    /// <summary>Pairs and lines that got none.</summary>
    public required long Faults { get; init; }

    /// <summary>What each score comes to.</summary>
    public required IReadOnlyList<ScoreStatistics> Statistics { get; init; }

    /// <summary>Writes it.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            File.WriteAllText(path, JsonSerializer.Serialize(this, Layout) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"cannot write {path}: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Reads what a comparison left in its folder; null where there is none.</summary>
    /// <exception cref="JsonException">It is no such file.</exception>
    public static ComparisonSummary? Read(string folder) => !File.Exists(Path.Combine(folder, FileName)) ? null
        : JsonSerializer.Deserialize<ComparisonSummary>(File.ReadAllBytes(Path.Combine(folder, FileName)), Layout);
}

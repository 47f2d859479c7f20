using NUnit.Framework;

namespace ClipGuard.Tests;

/// <summary>What .editorconfig asks of lines and no analyzer checks.</summary>
internal sealed class LineLengthTests
{
    private const int Columns = 160;

    [TestCase("src")]
    [TestCase("tests")]
    public void Lines_end_at_the_last_column(string folder) =>
        Assert.That(
            Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => File.ReadLines(file)
                    .Select((line, i) => (Line: line, Place: $"{Path.GetRelativePath(Repository.Root, file)}:{i + 1}"))
                    .Where(line => line.Line.Length > Columns))
                .Select(line => $"{line.Place} has {line.Line.Length} columns"),
            Is.Empty);
}

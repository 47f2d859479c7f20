using System.Text.RegularExpressions;

using NUnit.Framework;

namespace ClipGuard.Tests.Layout;

/// <summary>
/// What <c>src/GLOSSARY.md</c> says of the sources: its words name types that are there, and the words that it calls gone are gone, of tests from their names.
/// </summary>
[CancelAfter(60_000)]
internal sealed partial class GlossaryTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src");

    [Test]
    public void Each_word_names_a_type_of_the_sources()
    {
        HashSet<string> types =
        [
            .. SourceFiles("*.cs").SelectMany(file => TypeDeclaration().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value),
        ];
        string[][] words = [.. TableOf("# Words")];

        Assert.That(words, Has.Length.GreaterThan(20));
        Assert.That(words.Select(cells => cells[2].Trim('`')).Where(name => !types.Contains(name)), Is.Empty, "no such types are declared below src");
    }

    [Test]
    public void Words_that_are_gone_are_in_no_name_comment_or_message()
    {
        string[] gone = [.. TableOf("## Gone").SelectMany(cells => cells[0].Split(", ")).Select(word => word.Split(" (")[0])];
        var uses = new List<string>();
        foreach (string file in SourceFiles("*.cs").Concat(SourceFiles("*.md")).Where(file => Path.GetFileName(file) != "GLOSSARY.md"))
        {
            string[] lines = File.ReadAllLines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                foreach (string word in gone.Where(WordsOf(lines[i]).Contains))
                {
                    uses.Add($"{Path.GetRelativePath(Sources, file)}:{i + 1}: {word}");
                }
            }
        }

        // Of tests only the names count: what their comments tell of is also what is not ClipGuard's.
        string[] tests = [.. FilesBelow(Path.Combine(Repository.Root, "tests"), "*.cs")];
        IEnumerable<string> names = tests.Select(static file => Path.GetFileName(file))
            .Concat(tests.SelectMany(file => TypeDeclaration().Matches(File.ReadAllText(file))).Select(static match => match.Groups[1].Value))
            .Concat(tests.SelectMany(file => TestDeclaration().Matches(File.ReadAllText(file))).Select(static match => match.Groups[1].Value));
        uses.AddRange(names.Where(name => gone.Any(WordsOf(name).Contains)).Select(static name => $"tests: {name}"));

        Assert.That(uses, Is.Empty);
    }

    // Words of identifiers too: FindTroubleAsync is find, trouble and async.
    private static HashSet<string> WordsOf(string line) => [.. Word().Matches(line).Select(static match => match.Value.ToLowerInvariant())];

    private static IEnumerable<string> SourceFiles(string pattern) => FilesBelow(Sources, pattern);

    private static IEnumerable<string> FilesBelow(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
        .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Bindings/", StringComparison.Ordinal));

    // The cells of a table's rows, without its header.
    private static IEnumerable<string[]> TableOf(string heading) => File.ReadLines(Path.Combine(Sources, "GLOSSARY.md"))
        .SkipWhile(line => line != heading)
        .Skip(1)
        .TakeWhile(static line => !line.StartsWith('#'))
        .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
        .Skip(1)
        .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    [GeneratedRegex(@"^\s*(?:public|internal|private|file)?[\w ]*\b(?:class|record struct|record|struct|interface|enum)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^\s*public (?:async )?(?:void|Task) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestDeclaration();

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}

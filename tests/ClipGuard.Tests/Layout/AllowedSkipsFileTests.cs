using System.Text.RegularExpressions;

using NUnit.Framework;

namespace ClipGuard.Tests.Layout;

/// <summary>
/// What <c>.ci/allowed-skips</c> names is there: a test that was renamed is allowed nothing under its old name, and fails the run where it is skipped.
/// </summary>
[CancelAfter(60_000)]
internal sealed partial class AllowedSkipsFileTests
{
    private static IEnumerable<string> Names => File.ReadLines(Repository.PathOf(".ci", "allowed-skips"))
        .Where(static line => line.TrimStart() is [not '#', ..])
        .Select(static line => TestName().Match(line).Value);

    [TestCaseSource(nameof(Names))]
    public void Each_name_is_that_of_a_test(string name)
    {
        string[] parts = name.Split('.');
        string space = string.Join('.', parts[..^2]);
        string project = string.Join('.', parts[..2]);
        string file = Path.Combine([Repository.Root, "tests", project, .. parts[2..^2], parts[^2] + ".cs"]);

        Assert.That(file, Does.Exist);
        Assert.That(File.ReadAllText(file), Does.Contain($"namespace {space};").And.Contain($"class {parts[^2]}").And.Contain($" {parts[^1]}("));
    }

    // Up to the arguments, or to what such a test says.
    [GeneratedRegex(@"^[\w.]+")]
    private static partial Regex TestName();
}

using System.Diagnostics;
using System.Text.RegularExpressions;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Python;

/// <summary>The tests of the Python package, each file of them by Python's own unittest, against the published command.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(600_000)]
public sealed partial class PythonTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(9);

    private static string Package { get; } = Repository.PathOf("src", "ClipGuard.Python");

    /// <summary>Names of the files with tests.</summary>
    public static IEnumerable<string> Files => Directory.EnumerateFiles(Path.Combine(Package, "tests"), "test_*.py")
        .Select(static file => Path.GetFileNameWithoutExtension(file)!)
        .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Files))]
    public void Its_tests_pass(string file)
    {
        Assert.That(PublishedCommand.Program, Does.Exist, "The command is not published: dotnet cake --target=Publish");
        var start = new ProcessStartInfo(Interpreter(), ["-W", "error::ResourceWarning", "-m", "unittest", "-v", $"tests.{file}"])
        {
            WorkingDirectory = Package,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Each with a folder of its own: they look for what is left there, and run beside each other.
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("clipguard-python-");
        PublishedCommand.SetEnvironment(start, new Dictionary<string, string?>
        {
            ["CLIPGUARD"] = PublishedCommand.Program,
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["TMPDIR"] = temporary.FullName,
        });
        try
        {
            string report = Run(start);
            TestContext.Out.Write(report);
            string[] skipped = [.. SkippedTest().Matches(report).Select(static match => match.Groups[1].Value).Distinct()];
            if (skipped.Length > 0)
            {
                Assert.Ignore(string.Join("; ", skipped));
            }
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static string Run(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> report = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"It did not end within {Limit}.");
        }

        Assert.That(process.ExitCode, Is.Zero, () => output.Result + report.Result);
        return report.Result;
    }

    // Debian's packages belong to its own Python, which need not be the first in the PATH.
    private static string Interpreter() => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    [GeneratedRegex(@"\.\.\. skipped (.+)$", RegexOptions.Multiline)]
    private static partial Regex SkippedTest();
}

using System.Diagnostics;
using System.Globalization;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Support;

/// <summary>The command as users get it: published, with its helper beside it.</summary>
internal static class PublishedCommand
{
    private static readonly Lazy<string?> WhyUnusable = new(static () => !File.Exists(Program)
        ? "The command is not published: dotnet cake --target=Publish"
        : LastPublished() < LastChanged() ? "The published command is older than the sources: dotnet cake --target=Publish" : null);

    /// <summary>The command's program. <see cref="Start"/> fails where it is missing or older than the sources.</summary>
    public static string Program { get; } = Repository.PathOf("artifacts", "clipguard", "clipguard");

    /// <summary>ClipGuard's own helper, as it is published. A test that asks for one that is missing or older than the sources fails.</summary>
    public static string HelperProgram
    {
        get
        {
            Assert.That(WhyUnusable.Value, Is.Null);
            return Repository.PathOf("artifacts", "clipguard", "ClipGuard.Helper");
        }
    }

    /// <summary>Runs the command to its end.</summary>
    public static CommandRun Run(params string[] arguments) => Run(new Dictionary<string, string?>(), arguments);

    /// <summary>Runs the command to its end with more variables in its environment.</summary>
    public static CommandRun Run(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        using Process process = Start(environment, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output, error.Result);
    }

    /// <summary>Starts the command. Whoever starts it ends it.</summary>
    public static Process Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        Assert.That(WhyUnusable.Value, Is.Null);

        // Where the tests were started in a shell's background, SIGINT is ignored, and children inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start, environment);
        return Process.Start(start)!;
    }

    /// <summary>Takes the settings of whoever runs the tests out of an environment, and puts others in.</summary>
    public static void SetEnvironment(ProcessStartInfo start, IReadOnlyDictionary<string, string?> environment)
    {
        foreach (string variable in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(variable);
        }

        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }
    }

    /// <summary>Process ids of the helpers that a process has started and that have not ended.</summary>
    public static IReadOnlyList<int> HelpersOf(int parent) =>
        [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && Stat(id) is { } stat && stat.Parent == parent && stat.State != 'Z')];

    /// <summary>True while a process runs; a dead one that nobody has reaped does not.</summary>
    public static bool IsAlive(int id) => Stat(id) is { State: not ('Z' or 'X') };

    private static bool IsSetting(string variable) =>
        variable.StartsWith("CLIPGUARD_", StringComparison.Ordinal) || variable is "MEDIA_DECODE_TIMEOUT" or "ROOT_IMAGE_DIR";

    private static (char State, int Parent)? Stat(int id)
    {
        try
        {
            // The program's name stands in parentheses and may hold anything.
            string stat = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static DateTime LastPublished() =>
        Directory.EnumerateFiles(Path.GetDirectoryName(Program)!, "ClipGuard*.dll").Max(File.GetLastWriteTimeUtc);

    private static DateTime LastChanged() => new[] { "ClipGuard", "ClipGuard.Cli", "ClipGuard.Helper", "ClipGuard.Media" }
        .SelectMany(project => Directory.EnumerateFiles(Repository.PathOf("src", project), "*.cs", SearchOption.AllDirectories))
        .Max(File.GetLastWriteTimeUtc);
}

/// <summary>How a run of the command ended.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error);

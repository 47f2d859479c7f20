using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

using ClipGuard.Cli.Benching;
using ClipGuard.Cli.Comparing;
using ClipGuard.Cli.Decoding;
using ClipGuard.Cli.DryRuns;
using ClipGuard.Cli.Inspecting;
using ClipGuard.Cli.Reports;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Serving;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Snapshots;
using ClipGuard.Manifests;
using ClipGuard.Runs;
using ClipGuard.Streams;
using ClipGuard.Supervision;

namespace ClipGuard.Cli;

/// <summary>The command <c>clipguard</c>: parses, runs, and turns whatever happens into one clear line and an exit code.</summary>
internal static class ClipGuardCommand
{
    private const string Name = "clipguard";

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The command line without the program's name.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        bool output = StandardStreams.TakeOver();

        // Taken before any verb runs: the verb puts a ProgressAwareErrorWriter between Console.Error and the terminal, which may hold lines back.
        TextWriter error = Console.Error;
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => EndOnBug((Exception)unhandled.ExceptionObject, error);
        if (!output)
        {
            await Say(error, "standard output is closed: give it somewhere to go, such as > /dev/null").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        ParseResult parsed = Build().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is not (HelpText or VersionAction) && Complaint(parsed) is { } complaint)
        {
            await Say(error, complaint).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is UsageException or ManifestException or OutputException)
        {
            await Say(error, failure.Message).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        catch (Exception failure) when (failure is HelperUnavailableException or ToolUnavailableException)
        {
            await Say(error, failure.Message).ConfigureAwait(false);
            return failure is HelperUnavailableException { StorageIsSilent: true } ? ExitCode.Usage : ExitCode.MissingOnMachine;
        }
        catch (IOException failure)
        {
            // Failures of files arrive as OutputException or ManifestException, which name the file. What is left are the streams that results are shown on.
            await Say(error, $"standard output cannot be written: {failure.Message.TrimEnd('.')}").ConfigureAwait(false);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            await Say(error, "cancelled").ConfigureAwait(false);
            return ExitCode.Cancelled;
        }
#pragma warning disable CA1031 // The last resort: the stack trace is in the log, the user gets a line.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            await Say(error, BugLine(bug)).ConfigureAwait(false);
            return ExitCode.OwnBug;
        }
    }

    /// <summary>The command line's grammar. Not a RootCommand, which would be called after the assembly.</summary>
    internal static Command Build()
    {
        return new Command(Name, "Finds the clips of a multimodal dataset that would stall, crash or corrupt a training run.")
        {
            new HelpOption { Action = new HelpText() },
            new VersionOption { Description = "Show the version.", Action = new VersionAction() },
            DryRunCommand.Build(),
            MergeCommand.Build(),
            ReportCommand.Build(),
            SnapshotCommand.Build(),
            DecodeCommand.Build(),
            InspectCommand.Build(),
            CompareCommand.Build(),
            BenchCommand.Build(),
            ServeCommand.Build(),
        };
    }

    // System.CommandLine's own report is many lines and exits with 1, which here means that faults were found.
    private static string? Complaint(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string name = command.Name == Name ? Name : $"{Name} {command.Name}";
        string? complaint = command.Name == Name && parsed.Tokens.Count == 0 ? "no command was given"
            : MistakenForArgument(parsed) is { } option ? Unknown(option, name, command)
            : parsed.UnmatchedTokens is [{ } unknown, ..] ? Unknown(unknown, name, command)
            : parsed.Errors is [{ } error, ..] ? error.Message.TrimEnd('.')
            : null;
        return complaint is null ? null : $"{complaint}; see {name} --help";
    }

    // An argument that may be given several times takes in whatever is no option, mistyped ones among it. Behind a double dash that is meant.
    private static string? MistakenForArgument(ParseResult parsed) => parsed.Tokens.Any(static token => token.Type == TokenType.DoubleDash) ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(static argument => argument.Tokens)
            .Select(static token => token.Value).FirstOrDefault(static word => word is ['-', _, ..]);

    private static string Unknown(string word, string name, Command command)
    {
        bool option = word.StartsWith('-');
        string what = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        string? near = NearestName.Find(word, option ? command.Options.Select(known => known.Name) : command.Subcommands.Select(known => known.Name));
        return $"'{word}' is no {what} of {name}{(near is null ? string.Empty : $", did you mean '{near}'?")}";
    }

    private static async Task Say(TextWriter error, string line)
    {
        try
        {
            await error.WriteLineAsync($"{Name}: {PrintableText.Line(line)}").ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The terminal has gone away. The exit code says it all the same.
        }
    }

    private static string BugLine(Exception bug) => $"a bug of ClipGuard's own, {bug.GetType().Name}: {bug.Message} (the log has more)";

    // Called on the thread that failed, where no caller of ours is on the stack to unwind to. Helpers end when this process does.
    private static void EndOnBug(Exception bug, TextWriter error)
    {
        Say(error, BugLine(bug)).Wait();
        StopSignals.EndNow(ExitCode.OwnBug);
    }
}

using Spectre.Console;

namespace ClipGuard.Cli.Screens;

/// <summary>The process's standard streams, as this command uses them: results to output, error messages and the log to error.</summary>
internal sealed class CommandConsole
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    private readonly TextWriter _output;
    private readonly ProgressAwareErrorWriter _error;
    private readonly bool _terminal;

    private CommandConsole(TextWriter output, ProgressAwareErrorWriter error, bool terminal)
    {
        _output = output;
        _error = error;
        _terminal = terminal;
    }

    /// <summary>Takes the console's streams over; the log, which writes to the console too, goes the same way from here on.</summary>
    public static CommandConsole TakeConsole()
    {
        bool terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        var error = new ProgressAwareErrorWriter(Console.Error, sharesScreen: terminal && !Console.IsErrorRedirected);
        Console.SetError(error);
        return new CommandConsole(Console.Out, error, terminal);
    }

    /// <summary>How a dry run is shown here.</summary>
    /// <param name="manner">How the user wants it.</param>
    public IDryRunScreen ForDryRun(ScreenMode manner = ScreenMode.Usual) => manner == ScreenMode.Quiet ? new QuietScreen()
        : manner == ScreenMode.Json ? new JsonScreen(_output, TimeProvider.System, PlainInterval)
        : _terminal ? OnTerminal() : new PlainScreen(_output, TimeProvider.System, PlainInterval);

    /// <summary>How the progress of something is shown here whose results alone go to the output.</summary>
    public IProgressScreen ForProgress() => _terminal ? OnTerminal() : new PlainScreen(_error, TimeProvider.System, PlainInterval);

    /// <summary>
    /// Starts something whose failure says all there is to say: what the log says meanwhile is shown once it has started. Where it fails, the log stays
    /// off the screen for good, for it may come late.
    /// </summary>
    public async Task<T> StartQuietlyAsync<T>(Func<Task<T>> start)
    {
        _error.Hold();
        T started = await start().ConfigureAwait(false);
        _error.Release();
        return started;
    }

    private TerminalScreen OnTerminal() =>
        new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output) }), _error, TimeProvider.System);

    /// <summary>Says a result.</summary>
    public void Say(string line) => _output.WriteLine(PrintableText.Line(line));

    /// <summary>Tells the user something beside the results.</summary>
    public void Note(string line) => _error.WriteLine("clipguard: " + line);
}

/// <summary>How a run is shown.</summary>
internal enum ScreenMode
{
    /// <summary>As suits a terminal, or plain lines.</summary>
    Usual,

    /// <summary>Not at all.</summary>
    Quiet,

    /// <summary>As lines of JSON.</summary>
    Json,
}

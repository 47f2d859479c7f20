using Spectre.Console;

namespace ClipGuard.Tests.Support;

/// <summary>Terminals that write into a text.</summary>
internal static class Terminals
{
    public static IAnsiConsole ConsoleOver(TextWriter output, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width;
        return console;
    }
}

using Spectre.Console;

namespace ClipGuard.Tests.Support;

/// <summary>Consoles that write into a text.</summary>
internal static class TestConsoles
{
    private const int Height = 40;

    public static IAnsiConsole ConsoleOver(TextWriter output, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });

        // Both are given: what the console that the test itself runs on says of its size may be nothing (TERM=dumb).
        console.Profile.Width = width;
        console.Profile.Height = Height;
        return console;
    }
}

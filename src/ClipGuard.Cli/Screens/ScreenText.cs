using System.Text;

namespace ClipGuard.Cli.Screens;

/// <summary>
/// Stands in for the console's error stream: line by line, made fit for a terminal, and while progress is on the screen through whoever draws it,
/// so that a line of the log stands above it and not in its midst.
/// </summary>
/// <param name="console">The error stream.</param>
/// <param name="sharesScreen">True where it goes to the screen that progress is drawn on.</param>
internal sealed class ScreenText(TextWriter console, bool sharesScreen) : TextWriter
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _line = new();
    private Action<string>? _through;
    private List<string>? _held;

    /// <inheritdoc/>
    public override Encoding Encoding => console.Encoding;

    /// <summary>Sends lines through <paramref name="write"/> until the result is disposed.</summary>
    public IDisposable WriteThrough(Action<string> write)
    {
        lock (_lock)
        {
            _through = sharesScreen ? write : null;
        }

        return new Restored(this);
    }

    /// <summary>Keeps lines back until <see cref="Release"/>.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held = [];
        }
    }

    /// <summary>Lets lines through again, and those that were kept back too.</summary>
    public void Release()
    {
        lock (_lock)
        {
            (List<string>? held, _held) = (_held, null);
            foreach (string line in held ?? [])
            {
                Show(line);
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(char value)
    {
        lock (_lock)
        {
            if (value != '\n')
            {
                _line.Append(value);
                return;
            }

            string line = Printable.Line(_line.ToString());
            _line.Clear();
            if (_held is { } held)
            {
                held.Add(line);
                return;
            }

            Show(line);
        }
    }

    /// <inheritdoc/>
    public override void Flush() => console.Flush();

    private void Show(string line)
    {
        if (_through is { } write)
        {
            write(line);
        }
        else
        {
            console.WriteLine(line);
        }
    }

    private sealed class Restored(ScreenText text) : IDisposable
    {
        public void Dispose()
        {
            lock (text._lock)
            {
                text._through = null;
            }
        }
    }
}

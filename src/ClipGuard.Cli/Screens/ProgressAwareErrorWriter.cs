using System.Text;

namespace ClipGuard.Cli.Screens;

/// <summary>
/// Stands in for the console's error stream: line by line, made fit for a terminal. While progress is drawn on the same screen, lines wait for whoever
/// draws it, so that a line of the log stands above it and not in its midst.
/// </summary>
/// <param name="console">The error stream.</param>
/// <param name="sharesScreen">True where it goes to the screen that progress is drawn on.</param>
internal sealed class ProgressAwareErrorWriter(TextWriter console, bool sharesScreen) : TextWriter
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _line = new();
    private List<string>? _held;

    /// <inheritdoc/>
    public override Encoding Encoding => console.Encoding;

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
                console.WriteLine(line);
            }
        }
    }

    /// <summary>Keeps lines for <see cref="TakeHeld"/> where they would fall into what is drawn, until the result is disposed.</summary>
    public IDisposable PauseForDrawing()
    {
        if (sharesScreen)
        {
            Hold();
        }

        return new Pause(this);
    }

    /// <summary>The lines that were kept back since they were last taken. Whoever takes them shows them.</summary>
    public IReadOnlyList<string> TakeHeld()
    {
        lock (_lock)
        {
            if (_held is not { Count: > 0 } held)
            {
                return [];
            }

            _held = [];
            return held;
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + "\n");

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        // Texts of two threads take turns as wholes.
        lock (_lock)
        {
            int end;
            while ((end = buffer.IndexOf('\n')) >= 0)
            {
                string line = PrintableText.Line(_line.Append(buffer[..end]).ToString());
                _line.Clear();
                buffer = buffer[(end + 1)..];
                if (_held is { } held)
                {
                    held.Add(line);
                }
                else
                {
                    console.WriteLine(line);
                }
            }

            _line.Append(buffer);
        }
    }

    /// <inheritdoc/>
    public override void Flush() => console.Flush();

    private sealed class Pause(ProgressAwareErrorWriter text) : IDisposable
    {
        public void Dispose() => text.Release();
    }
}

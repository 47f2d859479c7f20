using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClipGuard.Cli.Screens;

/// <summary>A line that is put above what redraws itself. What stood there is erased first: the line may be shorter.</summary>
internal sealed class LineAboveProgress(string line, Style style) : IRenderable
{
    private const string EraseToEndOfScreen = "\u001b[0J";

    private readonly IRenderable _text = new Text(line + "\n", style);

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => _text.Measure(options, maxWidth);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        _text.Render(options, maxWidth).Prepend(Segment.Control(EraseToEndOfScreen));
}

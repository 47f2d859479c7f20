namespace ClipGuard.Cli.Settings;

/// <summary>Width and height in pixels.</summary>
internal sealed record PixelSize(int Width, int Height)
{
    public override string ToString() => $"{Width}x{Height}";
}

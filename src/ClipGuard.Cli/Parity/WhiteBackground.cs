namespace ClipGuard.Cli.Parity;

/// <summary>Lays RGBA pixels, which come piece by piece, over white.</summary>
/// <param name="take">Takes the RGB pixels.</param>
internal sealed class WhiteBackground(Action<ReadOnlySpan<byte>> take)
{
    private const int White = 255;
    private const int Channels = 4;

    private readonly byte[] _pixel = new byte[Channels];
    private int _bytes;

    /// <summary>Takes the next piece; it may end within a pixel.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        byte[] pixels = new byte[(_bytes + piece.Length) / Channels * (Channels - 1)];
        int next = 0;
        foreach (byte value in piece)
        {
            _pixel[_bytes++] = value;
            if (_bytes == Channels)
            {
                _bytes = 0;
                for (int i = 0; i < Channels - 1; i++)
                {
                    pixels[next++] = (byte)(((_pixel[i] * _pixel[^1]) + (White * (White - _pixel[^1])) + (White / 2)) / White);
                }
            }
        }

        take(pixels);
    }
}

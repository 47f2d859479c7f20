using ClipGuard.Media;

namespace ClipGuard.Export;

/// <summary>A picture of bytes, rows from the top, the channels of a pixel together.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Channels">1 for gray, 3 for red, green and blue.</param>
/// <param name="Bytes">Width·height·channels bytes.</param>
internal sealed record Pixels(int Width, int Height, int Channels, byte[] Bytes)
{
    /// <summary>The pictures of a payload, one for an image and one a frame for a video.</summary>
    /// <param name="shape">The dimensions of a picture, with or without a number of frames before.</param>
    /// <param name="layout">The order of a picture's dimensions.</param>
    /// <param name="payload">The bytes.</param>
    public static IReadOnlyList<Pixels> Of(IReadOnlyList<int> shape, PixelLayout layout, ReadOnlySpan<byte> payload)
    {
        int frames = shape.Take(shape.Count - 3).Aggregate(1, static (all, length) => all * length);
        bool channelsLast = layout == PixelLayout.ChannelsLast;
        (int height, int width, int channels) = channelsLast ? (shape[^3], shape[^2], shape[^1]) : (shape[^2], shape[^1], shape[^3]);
        int bytes = height * width * channels;
        var pictures = new Pixels[frames];
        for (int frame = 0; frame < frames; frame++)
        {
            byte[] own = payload.Slice(frame * bytes, bytes).ToArray();
            pictures[frame] = new Pixels(width, height, channels, channelsLast ? own : Together(own, channels));
        }

        return pictures;
    }

    private static byte[] Together(byte[] planes, int channels)
    {
        byte[] together = new byte[planes.Length];
        int area = planes.Length / channels;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int pixel = 0; pixel < area; pixel++)
            {
                together[(pixel * channels) + channel] = planes[(channel * area) + pixel];
            }
        }

        return together;
    }
}

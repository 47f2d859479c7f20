namespace ClipGuard.Export;

/// <summary>Lays the frames of a video out on one picture, in reading order, about as many across as down.</summary>
internal static class ContactSheet
{
    private const int Gap = 4;
    private const byte Paper = 255;

    /// <summary>The sheet of at least one frame, all of one size.</summary>
    public static Pixels Of(IReadOnlyList<Pixels> frames)
    {
        Pixels first = frames.Count > 0 ? frames[0] : throw new ArgumentException("There is no frame to lay out.", nameof(frames));
        int across = (int)Math.Ceiling(Math.Sqrt(frames.Count));
        int down = (frames.Count + across - 1) / across;
        int width = (across * (first.Width + Gap)) - Gap;
        int height = (down * (first.Height + Gap)) - Gap;

        byte[] sheet = new byte[checked(width * height * first.Channels)];
        Array.Fill(sheet, Paper);
        int rowBytes = first.Width * first.Channels;
        for (int i = 0; i < frames.Count; i++)
        {
            int left = i % across * (first.Width + Gap);
            int top = i / across * (first.Height + Gap);
            for (int row = 0; row < first.Height; row++)
            {
                frames[i].Bytes.AsSpan(row * rowBytes, rowBytes).CopyTo(sheet.AsSpan((((top + row) * width) + left) * first.Channels));
            }
        }

        return new Pixels(width, height, first.Channels, sheet);
    }
}

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// Files of the simplest kinds, without compression, for <see cref="ReuseCheckClip"/>. Integers in them are little endian, as those of
/// <see cref="BinaryWriter"/>.
/// </summary>
internal static class ReuseCheckClipBytes
{
    private const short BitsPerPixel = 24;
    private const int PicturesPerSecond = 25;

    /// <summary>A WAV of 16-bit samples.</summary>
    /// <param name="samples">The samples, interleaved.</param>
    /// <param name="sampleRateHz">Samples of each channel in a second.</param>
    /// <param name="channels">Channels.</param>
    public static byte[] Wav(short[] samples, int sampleRateHz, int channels)
    {
        using var format = new MemoryStream();
        using (var fields = new BinaryWriter(format))
        {
            fields.Write((short)1);
            fields.Write((short)channels);
            fields.Write(sampleRateHz);
            fields.Write(sampleRateHz * channels * sizeof(short));
            fields.Write((short)(channels * sizeof(short)));
            fields.Write((short)(8 * sizeof(short)));
        }

        byte[] data = new byte[samples.Length * sizeof(short)];
        Buffer.BlockCopy(samples, 0, data, 0, data.Length);
        return Chunk("RIFF"u8, [.. "WAVE"u8, .. Chunk("fmt "u8, format.ToArray()), .. Chunk("data"u8, data)]);
    }

    /// <summary>A BMP of one picture.</summary>
    /// <param name="pixels">Red, green and blue of each pixel, rows from the top.</param>
    /// <param name="width">Pixels in a row, a multiple of 4: so rows need no padding.</param>
    /// <param name="height">Rows.</param>
    public static byte[] Bitmap(ReadOnlySpan<byte> pixels, int width, int height)
    {
        const int HeaderBytes = 14;
        byte[] info = BitmapInfo(width, height);
        using var file = new MemoryStream();
        using var fields = new BinaryWriter(file);
        fields.Write("BM"u8);
        fields.Write(HeaderBytes + info.Length + pixels.Length);
        fields.Write(0);
        fields.Write(HeaderBytes + info.Length);
        fields.Write(info);
        fields.Write(FromTheBottom(pixels, width));
        return file.ToArray();
    }

    /// <summary>An AVI of uncompressed pictures, 25 a second.</summary>
    /// <param name="pixels">Red, green and blue of each pixel, rows from the top, one picture behind the other.</param>
    /// <param name="width">Pixels in a row, a multiple of 4.</param>
    /// <param name="height">Rows.</param>
    public static byte[] Avi(ReadOnlySpan<byte> pixels, int width, int height)
    {
        int pictureBytes = width * height * BitsPerPixel / 8;
        int pictures = pixels.Length / pictureBytes;
        byte[] movie = [.. "movi"u8];
        byte[] index = [];
        for (int i = 0; i < pictures; i++)
        {
            const int IsKey = 0x10;
            index = [.. index, .. "00db"u8, .. Numbers(IsKey, movie.Length, pictureBytes)];
            movie = [.. movie, .. Chunk("00db"u8, FromTheBottom(pixels.Slice(i * pictureBytes, pictureBytes), width))];
        }

        const int HasIndex = 0x10;
        const int Microseconds = 1_000_000 / PicturesPerSecond;
        int bytesPerSecond = pictureBytes * PicturesPerSecond;
        int size = width | (height << 16);
        byte[] mainHeader = Numbers(Microseconds, bytesPerSecond, 0, HasIndex, pictures, 0, 1, pictureBytes, width, height, 0, 0, 0, 0);
        byte[] streamHeader = [.. "vidsDIB "u8, .. Numbers(0, 0, 0, 1, PicturesPerSecond, 0, pictures, pictureBytes, -1, 0, 0, size)];
        byte[] stream = [.. "strl"u8, .. Chunk("strh"u8, streamHeader), .. Chunk("strf"u8, BitmapInfo(width, height))];
        byte[] headers = [.. "hdrl"u8, .. Chunk("avih"u8, mainHeader), .. Chunk("LIST"u8, stream)];
        return Chunk("RIFF"u8, [.. "AVI "u8, .. Chunk("LIST"u8, headers), .. Chunk("LIST"u8, movie), .. Chunk("idx1"u8, index)]);
    }

    // A BITMAPINFOHEADER; the sizes of its fields are 4, 4, 4, 2, 2, and 4 for the others.
    private static byte[] BitmapInfo(int width, int height) =>
        Numbers(40, width, height, 1 | (BitsPerPixel << 16), 0, width * height * BitsPerPixel / 8, 0, 0, 0, 0);

    // Rows from the bottom, blue first.
    private static byte[] FromTheBottom(ReadOnlySpan<byte> pixels, int width)
    {
        byte[] turned = new byte[pixels.Length];
        int rowBytes = width * 3;
        for (int i = 0; i < pixels.Length; i++)
        {
            int row = i / rowBytes, column = i % rowBytes;
            turned[pixels.Length - ((row + 1) * rowBytes) + (column / 3 * 3) + (2 - (column % 3))] = pixels[i];
        }

        return turned;
    }

    private static byte[] Numbers(params ReadOnlySpan<int> numbers)
    {
        using var bytes = new MemoryStream();
        using var fields = new BinaryWriter(bytes);
        foreach (int number in numbers)
        {
            fields.Write(number);
        }

        return bytes.ToArray();
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content) => [.. name, .. Numbers(content.Length), .. content];
}

using System.Buffers.Binary;
using System.IO.Compression;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>
/// TIFFs in tiles, or of JPEG, come out as the same pixels in plain strips do; FFmpeg by itself gives black. What cannot be read is unsupported, and not
/// corrupt.
/// </summary>
[CancelAfter(120_000)]
internal sealed class TiffTests
{
    // No multiple of a tile, so that the last tiles stick out.
    private const int Width = 70;
    private const int Height = 45;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Tiles_are_as_strips(
        [Values("bilevel", "gray2", "gray4", "gray8", "gray16", "palette4", "palette8", "rgb8", "rgb16", "rgba8")] string kind,
        [Values("II", "MM")] string order,
        [Values(16, 32)] int tile,
        [Values] bool deflate)
    {
        var tiff = new TiffWriter(kind, order == "II");
        string tiles = _media.Write($"tiles-{kind}-{order}-{tile}-{deflate}.tif", tiff.Write(Width, Height, tile, 16, deflate));
        AssertSame(tiles, _media.Write($"strips-{kind}-{order}-{tile}-{deflate}.tif", tiff.Write(Width, Height, null, 16, deflate)));
        if (!kind.StartsWith("palette", StringComparison.Ordinal) && kind != "bilevel")
        {
            Assert.That(FfmpegProgram.Run($"-i \"{tiles}\" -pix_fmt rgb24 -f rawvideo -"), Is.All.Zero, "FFmpeg 5.1 reads no tiles");
        }
    }

    [Test]
    public void Planes_that_lie_apart_in_tiles()
    {
        var tiff = new TiffWriter("rgb8", isLittle: true) { PlanesApart = true };
        AssertSame(
            _media.Write("planes-tiles.tif", tiff.Write(Width, Height, 32, 16, deflate: false)),
            _media.Write("planes-strips.tif", new TiffWriter("rgb8", isLittle: true).Write(Width, Height, null, 16, deflate: false)));
    }

    [Test]
    public void An_orientation_turns_the_whole_and_no_tile()
    {
        var tiff = new TiffWriter("rgb8", isLittle: true) { Orientation = 6 };
        string tiles = _media.Write("turned-tiles.tif", tiff.Write(Width, Height, 32, 16, deflate: false));
        AssertSame(tiles, _media.Write("turned-strips.tif", tiff.Write(Width, Height, null, 16, deflate: false)));
        using DirectDecode decode = DirectDecode.Of(tiles, new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { Width, Height, 3 }));
    }

    [Test]
    public void A_tile_that_is_cut_off_or_damaged_is_damage()
    {
        byte[] whole = new TiffWriter("rgb8", isLittle: true).Write(Width, Height, 16, 16, deflate: true);
        int firstTile = (int)BinaryPrimitives.ReadUInt32LittleEndian(whole.AsSpan(4)) - 40;
        whole.AsSpan(firstTile, 30).Fill(0xAA);
        using DirectDecode damaged = DirectDecode.Of(_media.Write("damaged-tile.tif", whole), new ImageSpec());
        Assert.That(damaged.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), damaged.Log);

        byte[] lacking = new TiffWriter("rgb8", isLittle: true) { LackingTiles = 1 }.Write(Width, Height, 16, 16, deflate: false);
        using DirectDecode cut = DirectDecode.Of(_media.Write("lacking-tile.tif", lacking), new ImageSpec());
        Assert.That(cut.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), cut.Log);
    }

    // The same JPEG as a file of its own says what is right; as RGB its planes are the colours themselves.
    [TestCase("gray", 1, 1)]
    [TestCase("yuvj420p", 6, 3)]
    [TestCase("yuvj422p", 6, 3)]
    [TestCase("yuvj444p", 6, 3)]
    [TestCase("yuvj444p", 2, 3)]
    public void Strips_of_jpeg(string format, int photometric, int samples)
    {
        byte[] jpeg = FfmpegProgram.Run($"-f lavfi -i testsrc2=s=64x48 -frames:v 1 -pix_fmt {format} -c:v mjpeg -q:v 2 -f image2pipe -");
        string path = _media.Write($"jpeg-{format}-{photometric}.tif", TiffWriter.OfJpeg(jpeg, 64, 48, photometric, samples, tablesApart: false));
        string apart = _media.Write($"jpeg-{format}-{photometric}-tables.tif", TiffWriter.OfJpeg(jpeg, 64, 48, photometric, samples, tablesApart: true));
        AssertSame(path, apart);
        using DirectDecode tiff = DirectDecode.Of(path, new ImageSpec());
        if (photometric == 2)
        {
            byte[] planes = FfmpegProgram.Run($"-i \"{_media.Write("planes.jpg", jpeg)}\" -pix_fmt yuvj444p -f rawvideo -");
            Assert.That(tiff.Bytes.ToArray(), Is.EqualTo(Enumerable.Range(0, planes.Length).Select(i => planes[(i % 3 * planes.Length / 3) + (i / 3)])));
            return;
        }

        using DirectDecode file = DirectDecode.Of(_media.Write($"{format}.jpg", jpeg), new ImageSpec());
        Assert.That(tiff.Clip.Shape, Is.EqualTo(file.Clip.Shape));
        Assert.That(tiff.Bytes.SequenceEqual(file.Bytes));
    }

    [TestCase(259, 50000u, "Zstandard")]
    [TestCase(259, 50001u, "WebP")]
    [TestCase(259, 34712u, "JPEG 2000")]
    [TestCase(259, 6u, "old-style JPEG")]
    [TestCase(262, 8u, "L*a*b*")]
    [TestCase(339, 3u, "floats")]
    public void What_FFmpeg_does_not_read_is_unsupported(int tag, uint value, string named)
    {
        var tiff = new TiffWriter("rgb8", isLittle: true) { Replaced = ((ushort)tag, value) };
        AssertUnsupported(_media.Write($"unread-{tag}-{value}.tif", tiff.Write(Width, Height, null, 16, deflate: false)), named);
    }

    [TestCase("II+\0\b\0\0\0\x10\0\0\0\0\0\0\0")]
    [TestCase("MM\0+\0\b\0\0\0\0\0\0\0\0\0\x10")]
    public void Addresses_of_64_bits_are_unsupported(string header) =>
        AssertUnsupported(_media.Write("big.tif", [.. System.Text.Encoding.Latin1.GetBytes(header), .. new byte[200]]), "BigTIFF");

    private static void AssertUnsupported(string path, string named)
    {
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported), $"{decode.Fault?.Message} {decode.Log}");
        Assert.That(decode.Fault!.Message, Does.Contain(named));
    }

    private static void AssertSame(string path, string reference)
    {
        using DirectDecode expected = DirectDecode.Of(reference, new ImageSpec());
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(expected.Clip.Shape));
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Bytes.SequenceEqual(expected.Bytes), $"pixels differ from {Path.GetFileName(reference)}");
        Assert.That(expected.Bytes.ToArray().Distinct().Count(), Is.GreaterThan(1), "a picture of one colour shows nothing");

        using DirectDecode frames = DirectDecode.Of(path, new VideoSpec { Size = new OwnSize(), Selection = new UniformFrames(1) });
        Assert.That(frames.Bytes.SequenceEqual(expected.Bytes), "a picture that is asked for as a video is the same picture");
    }

    /// <summary>Writes TIFFs of a pattern, in strips or tiles.</summary>
    private sealed class TiffWriter(string kind, bool isLittle)
    {
        private const ushort Short = 3;
        private const ushort Long = 4;

        private readonly SortedDictionary<ushort, (ushort Type, uint[] Values)> _fields = [];

        public bool PlanesApart { get; init; }

        public int LackingTiles { get; init; }

        public ushort Orientation { get; init; } = 1;

        public (ushort Tag, uint Value)? Replaced { get; init; }

        private int Samples => kind switch { "rgb8" or "rgb16" => 3, "rgba8" => 4, _ => 1 };

        private int Bits => kind switch { "bilevel" => 1, "gray2" => 2, "gray4" or "palette4" => 4, "gray16" or "rgb16" => 16, _ => 8 };

        public static byte[] OfJpeg(byte[] jpeg, int width, int height, int photometric, int samples, bool tablesApart)
        {
            var writer = new TiffWriter(samples == 1 ? "gray8" : "rgb8", isLittle: true);
            byte[] tables = [];
            if (tablesApart)
            {
                (tables, jpeg) = Split(jpeg);
            }

            writer.Describe(width, height, 7, (uint)photometric);
            writer._fields[278] = (Long, [(uint)height]);
            return writer.Assemble([jpeg], 273, 279, tables);
        }

        public byte[] Write(int width, int height, int? tileWidth, int tileHeight, bool deflate)
        {
            _fields.Clear();
            Describe(width, height, deflate ? 8u : 1, kind.StartsWith("palette", StringComparison.Ordinal) ? 3u : Samples > 1 ? 2u : 1);
            int pieceWidth = tileWidth ?? width;
            int across = (width + pieceWidth - 1) / pieceWidth;
            int down = (height + tileHeight - 1) / tileHeight;
            List<byte[]> pieces = [];
            for (int plane = 0; plane < (PlanesApart ? Samples : 1); plane++)
            {
                for (int i = 0; i < across * down; i++)
                {
                    (int x, int y) = (i % across * pieceWidth, i / across * tileHeight);
                    int rows = tileWidth is null ? Math.Min(tileHeight, height - y) : tileHeight;
                    byte[] pixels = Pixels(x, y, pieceWidth, rows, PlanesApart ? plane : null);
                    pieces.Add(deflate ? Deflate(pixels) : pixels);
                }
            }

            if (tileWidth is null)
            {
                _fields[278] = (Long, [(uint)tileHeight]);
                return Assemble(pieces, 273, 279, []);
            }

            (_fields[322], _fields[323]) = ((Short, [(uint)pieceWidth]), (Short, [(uint)tileHeight]));
            return Assemble(pieces.Take(pieces.Count - LackingTiles).ToList(), 324, 325, []);
        }

        private void Describe(int width, int height, uint compression, uint photometric)
        {
            (_fields[256], _fields[257]) = ((Short, [(uint)width]), (Short, [(uint)height]));
            _fields[258] = (Short, [.. Enumerable.Repeat((uint)Bits, Samples)]);
            (_fields[259], _fields[262]) = ((Short, [compression]), (Short, [photometric]));
            (_fields[274], _fields[277], _fields[284]) = ((Short, [Orientation]), (Short, [(uint)Samples]), (Short, [PlanesApart ? 2u : 1]));
            if (photometric == 3)
            {
                int colours = 1 << Bits;
                _fields[320] = (Short, [.. Enumerable.Range(0, colours * 3).Select(i => (uint)((i * 7919) % 256 * 257))]);
            }

            if (kind == "rgba8")
            {
                _fields[338] = (Short, [2]);
            }

            if (Replaced is var (tag, value))
            {
                _fields[tag] = (Short, [value]);
            }
        }

        private byte[] Pixels(int left, int top, int width, int height, int? plane)
        {
            int samples = plane is null ? Samples : 1;
            int rowBytes = ((width * samples * Bits) + 7) / 8;
            byte[] pixels = new byte[rowBytes * height];
            for (int y = 0; y < height; y++)
            {
                for (int i = 0; i < width * samples; i++)
                {
                    int x = left + (i / samples);
                    int value = Sample(x, top + y, plane ?? i % samples);
                    int at = (y * rowBytes) + (i * Bits / 8);
                    if (Bits == 16)
                    {
                        ushort stored = isLittle ? BinaryPrimitives.ReverseEndianness((ushort)value) : (ushort)value;
                        BinaryPrimitives.WriteUInt16BigEndian(pixels.AsSpan(at), stored);
                    }
                    else
                    {
                        pixels[at] |= (byte)(value << (8 - Bits - (i * Bits % 8)));
                    }
                }
            }

            return pixels;
        }

        private int Sample(int x, int y, int sample) => ((x * 3) + (y * 5) + (sample * 37)) * (Bits == 16 ? 201 : 1) % (1 << Bits);

        private byte[] Assemble(IReadOnlyList<byte[]> pieces, ushort offsets, ushort lengths, byte[] tables)
        {
            using var file = new MemoryStream();
            file.Write(new byte[8]);
            List<uint> starts = [];
            foreach (byte[] piece in pieces)
            {
                starts.Add((uint)file.Length);
                file.Write(piece);
            }

            uint tablesAt = (uint)file.Length;
            file.Write(tables);
            file.Write(new byte[file.Length & 1]);
            (_fields[offsets], _fields[lengths]) = ((Long, [.. starts]), (Long, [.. pieces.Select(piece => (uint)piece.Length)]));
            if (tables.Length > 0)
            {
                _fields[347] = (7, [tablesAt]);
            }

            uint directory = (uint)file.Length;
            long values = directory + 2 + (_fields.Count * 12) + 4;
            using var behind = new MemoryStream();
            file.Write(Number((uint)_fields.Count, 2));
            foreach ((ushort tag, (ushort type, uint[] numbers)) in _fields)
            {
                bool isBytes = type == 7;
                byte[] value = isBytes ? Number(numbers[0], 4) : [.. numbers.SelectMany(number => Number(number, type == Short ? 2 : 4))];
                file.Write([.. Number(tag, 2), .. Number(type, 2), .. Number(isBytes ? (uint)tables.Length : (uint)numbers.Length, 4)]);
                if (value.Length <= 4)
                {
                    file.Write([.. value, .. new byte[4 - value.Length]]);
                }
                else
                {
                    file.Write(Number((uint)(values + behind.Length), 4));
                    behind.Write(value);
                }
            }

            file.Write(new byte[4]);
            behind.WriteTo(file);
            file.Position = 0;
            file.Write([.. isLittle ? "II*\0"u8 : "MM\0*"u8, .. Number(directory, 4)]);
            return file.ToArray();
        }

        private byte[] Number(uint number, int bytes) => [.. Enumerable.Range(0, bytes).Select(i => (byte)(number >> (8 * (isLittle ? i : bytes - 1 - i))))];

        private static byte[] Deflate(byte[] pixels)
        {
            using var packed = new MemoryStream();
            using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                deflate.Write(pixels);
            }

            return packed.ToArray();
        }

        // Quantisation and Huffman tables (segments DB and C4) into a file of their own.
        private static (byte[] Tables, byte[] Scan) Split(byte[] jpeg)
        {
            List<byte> tables = [0xFF, 0xD8];
            List<byte> rest = [0xFF, 0xD8];
            int at = 2;
            while (jpeg[at + 1] != 0xDA)
            {
                int length = 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
                (jpeg[at + 1] is 0xDB or 0xC4 ? tables : rest).AddRange(jpeg.AsSpan(at, length));
                at += length;
            }

            return ([.. tables, 0xFF, 0xD9], [.. rest, .. jpeg[at..]]);
        }
    }
}

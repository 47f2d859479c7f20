using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Export;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Export;

[CancelAfter(30_000)]
public sealed class ClipFileTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-export-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void An_npy_file_has_NumPys_header_and_the_very_bytes()
    {
        float[] samples = [0.5f, -1, 0, 1, 2, 3];
        byte[] file = Write("a.npy", new DecodedClip(ElementType.Float32, [2, 3]) { SampleRateHz = 8000 }, MemoryMarshal.AsBytes<float>(samples));

        Assert.That(file[..8], Is.EqualTo(new byte[] { 0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0 }));
        int headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        Assert.That((10 + headerBytes) % 64, Is.Zero);
        Assert.That(Encoding.ASCII.GetString(file, 10, headerBytes).TrimEnd(), Is.EqualTo("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }"));
        Assert.That(file[9 + headerBytes], Is.EqualTo((byte)'\n'));
        Assert.That(file[(10 + headerBytes)..], Is.EqualTo(MemoryMarshal.AsBytes<float>(samples).ToArray()));
    }

    [Test]
    public void A_wav_file_interleaves_float_samples()
    {
        float[] samples = [.. Enumerable.Range(0, 10_000).Select(i => (float)i)];
        byte[] file = Write("a.wav", new DecodedClip(ElementType.Float32, [2, 5000]) { SampleRateHz = 8000 }, MemoryMarshal.AsBytes<float>(samples));

        Assert.That(Encoding.ASCII.GetString(file, 0, 4) + Encoding.ASCII.GetString(file, 8, 8), Is.EqualTo("RIFFWAVEfmt "));
        Assert.That(BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)), Is.EqualTo(file.Length - 8));
        Assert.That(BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(20)), Is.EqualTo(3), "IEEE float");
        Assert.That(BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(22)), Is.EqualTo(2), "channels");
        Assert.That(BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(24)), Is.EqualTo(8000));
        float[] written = MemoryMarshal.Cast<byte, float>(file.AsSpan(file.Length - 40_000)).ToArray();
        Assert.That(written[..4], Is.EqualTo(new float[] { 0, 5000, 1, 5001 }));
        Assert.That(written[^2..], Is.EqualTo(new float[] { 4999, 9999 }));
    }

    [TestCase(PixelLayout.ChannelsLast, new[] { 2, 3, 3 })]
    [TestCase(PixelLayout.ChannelsFirst, new[] { 3, 2, 3 })]
    public void A_png_file_holds_the_pixels_whatever_their_layout(PixelLayout layout, int[] shape)
    {
        byte[] pixels = [.. Enumerable.Range(1, 18).Select(i => (byte)(i * 13))];
        byte[] payload = layout == PixelLayout.ChannelsLast
            ? pixels
            : [.. Enumerable.Range(0, 3).SelectMany(channel => Enumerable.Range(0, 6).Select(pixel => pixels[(pixel * 3) + channel]))];

        (int width, int height, int channels, byte[] read) = ReadPng(Write("a.png", new DecodedClip(ElementType.UInt8, shape), payload, layout));

        Assert.That((width, height, channels), Is.EqualTo((3, 2, 3)));
        Assert.That(read, Is.EqualTo(pixels));
    }

    [Test]
    public void Frames_become_a_contact_sheet_in_reading_order()
    {
        byte[] payload = [.. Enumerable.Range(1, 3).SelectMany(frame => Enumerable.Repeat((byte)(frame * 10), 2 * 2))];

        (int width, int height, int channels, byte[] read) = ReadPng(Write("a.png", new DecodedClip(ElementType.UInt8, [3, 2, 2, 1]), payload));

        Assert.That((width, height, channels), Is.EqualTo((8, 8, 1)));
        Assert.That(new[] { read[0], read[6], read[(6 * 8) + 1], read[(6 * 8) + 7], read[3] }, Is.EqualTo(new byte[] { 10, 20, 30, 255, 255 }));
    }

    [TestCase("a.txt", ClipKind.Audio, "must end in .npy, .wav, .png")]
    [TestCase("a.wav", ClipKind.Video, "holds audio")]
    [TestCase("a.PNG", ClipKind.Audio, "holds pictures")]
    [TestCase("a.npy", ClipKind.Image, null)]
    [TestCase("a.WAV", ClipKind.Audio, null)]
    public void What_a_file_cannot_hold_is_known_beforehand(string name, ClipKind kind, string? objection) =>
        Assert.That(ClipFile.Objection(name, kind), objection is null ? Is.Null : Does.Contain(objection));

    [Test]
    public void A_payload_of_the_wrong_size_is_a_bug_and_leaves_no_file()
    {
        Assert.That(() => Write("a.npy", new DecodedClip(ElementType.UInt8, [4]), new byte[3]), Throws.ArgumentException);
        Assert.That(Directory.EnumerateFiles(_folder), Is.Empty);
    }

    private static (int Width, int Height, int Channels, byte[] Pixels) ReadPng(byte[] file)
    {
        Assert.That(file[..8], Is.EqualTo(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }));
        int width = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16));
        int height = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20));
        int channels = file[25] == 2 ? 3 : 1;
        int dataBytes = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(33));
        Assert.That(Encoding.ASCII.GetString(file, 37, 4), Is.EqualTo("IDAT"));
        var rows = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(file, 41, dataBytes), CompressionMode.Decompress))
        {
            zlib.CopyTo(rows);
        }

        byte[] filtered = rows.ToArray();
        int rowBytes = width * channels;
        byte[] pixels = new byte[height * rowBytes];
        for (int row = 0; row < height; row++)
        {
            Assert.That(filtered[row * (rowBytes + 1)], Is.EqualTo(2), "The filter named 'up'.");
            for (int i = 0; i < rowBytes; i++)
            {
                pixels[(row * rowBytes) + i] = (byte)(filtered[(row * (rowBytes + 1)) + 1 + i] + (row == 0 ? 0 : pixels[((row - 1) * rowBytes) + i]));
            }
        }

        return (width, height, channels, pixels);
    }

    private byte[] Write(string name, DecodedClip clip, ReadOnlySpan<byte> payload, PixelLayout layout = PixelLayout.ChannelsLast)
    {
        string path = Path.Combine(_folder, name);
        ClipFile.Write(path, clip, payload, layout);
        return File.ReadAllBytes(path);
    }
}

using System.Buffers.Binary;
using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>AAC whose delay stands in the tag of Apple's encoders alone, with no edit list, is whole, and its delay is counted once.</summary>
[CancelAfter(60_000)]
internal sealed class AppleGaplessTagTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase(2_624, 192, 30_976)]
    [TestCase(2_112, 704, 30_976)]
    [TestCase(1_024, 576, 32_192)]
    public void The_samples_of_the_tag_come(int delay, int padding, int samples)
    {
        string path = Tagged($"tag-{delay}.m4a", delay, padding, samples);
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        Assert.That((decode.Clip.Shape[1], decode.Clip.Damage), Is.EqualTo((samples, DamageReport.None)), decode.Log);
    }

    [Test]
    public void What_is_missing_is_missing_still()
    {
        byte[] bytes = File.ReadAllBytes(Tagged("whole.m4a", 2_624, 192, 30_976));

        // A file whose last third of packets is gone: the index promises them.
        int index = bytes.AsSpan().IndexOf("moov"u8) - 4;
        byte[] fast = [.. bytes[..index]];
        Array.Clear(fast, fast.Length * 2 / 3, fast.Length - (fast.Length * 2 / 3));
        using DirectDecode decode = DirectDecode.Of(_media.Write("holes.m4a", [.. fast, .. bytes[index..]]), new AudioSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    // 33 packets of 1024 samples. The movie box lies behind the packets, so that nothing moves where it grows.
    private string Tagged(string name, int delay, int padding, int samples)
    {
        byte[] bytes = File.ReadAllBytes(_media.Make("base.m4a", "-f lavfi -i sine=d=2.012:r=16000 -ac 2 -c:a aac -use_editlist 0 -metadata title=x"));
        string text = $" 00000000 {delay:X8} {padding:X8} {samples:X16}{string.Concat(Enumerable.Repeat(" 00000000", 8))}";
        byte[] tag = Box("----", [
            .. Box("mean", [0, 0, 0, 0, .. "com.apple.iTunes"u8]),
            .. Box("name", [0, 0, 0, 0, .. "iTunSMPB"u8]),
            .. Box("data", [0, 0, 0, 1, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(text)])]);
        int end = 0;
        foreach (string box in new[] { "moov", "udta", "meta", "ilst" })
        {
            int at = bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(box)) - 4;
            int size = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), size + tag.Length);
            end = at + size;
        }

        return _media.Write(name, [.. bytes[..end], .. tag, .. bytes[end..]]);
    }

    private static byte[] Box(string type, byte[] content)
    {
        byte[] box = new byte[content.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(box, 4);
        content.CopyTo(box, 8);
        return box;
    }
}

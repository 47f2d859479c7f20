using System.Buffers.Binary;
using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Fragments of an MP4 that claim millions of samples in a few bytes are judged before the file is opened.</summary>
[CancelAfter(120_000)]
internal sealed class FragmentClaimTests
{
    private const int Many = 50_000_000;
    private const string Film =
        "-f lavfi -i testsrc2=s=64x48:r=10:d=2 -f lavfi -i sine=d=2 -c:v mpeg4 -c:a aac -g 5 -movflags +frag_keyframe+empty_moov+default_base_moof";

    private readonly MediaFolder _media = new();

    private static IEnumerable<TestCaseData> Claims =>
    [
        new TestCaseData(Fragment(1, 1000, Run(Many)), FaultKind.Corrupt).SetArgDisplayNames("more bytes than the file has"),
        new TestCaseData(Fragment(2, 1, Run(Many)), FaultKind.Corrupt).SetArgDisplayNames("of the sound, a byte each"),
        new TestCaseData(Fragment(1, 0, Run(Many)), FaultKind.LimitExceeded).SetArgDisplayNames("no bytes at all"),
        new TestCaseData(Fragment(1, null, Run(Many)), FaultKind.LimitExceeded).SetArgDisplayNames("the size of the track, which is none"),
        new TestCaseData(Fragment(1, 0, Run(600_000), Run(600_000)), FaultKind.LimitExceeded).SetArgDisplayNames("in two runs"),
        new TestCaseData((byte[])[.. Fragment(1, 0, Run(600_000)), .. Fragment(1, 0, Run(600_000))], FaultKind.LimitExceeded)
            .SetArgDisplayNames("in two fragments"),
        new TestCaseData((byte[])[.. Fragment(1, 0, Run(600_000)), .. Box("mdat", new byte[100], longLength: true), .. Fragment(1, 0, Run(600_000))],
            FaultKind.LimitExceeded)
            .SetArgDisplayNames("behind a box with a long length"),
        new TestCaseData(Box("moof", [.. Box("mfhd", new byte[8]), .. Track(1, 500, Run(uint.MaxValue))], longLength: true), FaultKind.Corrupt)
            .SetArgDisplayNames("the most there is"),
    ];

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Claims))]
    public void What_cannot_be_is_not_opened(byte[] added, FaultKind kind)
    {
        byte[] film = File.ReadAllBytes(_media.Make("film.mp4", Film));
        string path = _media.Write("claims.mp4", [.. film, .. added]);
        foreach (ClipSpec spec in (ClipSpec[])[new VideoSpec(), new AudioSpec(), new InspectSpec()])
        {
            using DirectDecode decode = DirectDecode.Of(path, spec);
            Assert.That(decode.Fault?.Kind, Is.EqualTo(kind), () => $"{decode.Fault}");
            Assert.That(decode.Fault!.Message, Does.StartWith("The fragments claim "));
            Assert.That((decode.Fault.Stage, decode.Packets), Is.EqualTo((DecodeStage.Open, 0)));
        }
    }

    [Test]
    public void Few_samples_that_no_bytes_stand_behind_are_left_to_the_decode()
    {
        byte[] film = File.ReadAllBytes(_media.Make("film.mp4", Film));
        using DirectDecode decode = DirectDecode.Of(_media.Write("few.mp4", [.. film, .. Fragment(1, 1000, Run(900_000))]), new AudioSpec());
        Assert.That(decode.Fault?.Kind, Is.EqualTo(InstalledFFmpeg.Major >= 9 ? FaultKind.Corrupt : null), () => decode.Log);
    }

    [Test]
    public void Samples_that_the_file_has_bytes_for_are_no_claim()
    {
        byte[] film = File.ReadAllBytes(_media.Make("film.mp4", Film));
        byte[] sound = new byte[1_500_000];
        using DirectDecode decode = DirectDecode.Of(
            _media.Write("bytes.mp4", [.. film, .. Fragment(2, 1, Run((uint)sound.Length)), .. Box("mdat", sound)]),
                new VideoSpec { Selection = new UniformFrames(2) });
        Assert.That(decode.Fault, Is.Null, () => decode.Log);
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(7)]
    public void Boxes_that_cannot_be_are_left_to_the_demuxer(int length)
    {
        byte[] film = File.ReadAllBytes(_media.Make("film.mp4", Film));
        byte[] odd = [.. Big((uint)length), .. "free"u8, .. new byte[40]];
        using DirectDecode decode = DirectDecode.Of(_media.Write("odd.mp4", [.. film, .. odd]), new AudioSpec());
        Assert.That(decode.Fault, Is.Null);
    }

    private static byte[] Fragment(uint track, uint? size, params byte[][] runs) => Box("moof", [.. Box("mfhd", new byte[8]), .. Track(track, size, runs)]);

    private static byte[] Track(uint track, uint? size, params byte[][] runs)
    {
        // Flags: the data begins at this moof; with a size of all samples in the fragment or without.
        byte[] header = size is { } bytes ? [.. Big(0x020010), .. Big(track), .. Big(bytes)] : [.. Big(0x020000), .. Big(track)];
        return Box("traf", [.. Box("tfhd", header), .. runs.SelectMany(run => run)]);
    }

    private static byte[] Run(uint samples) => Box("trun", [.. Big(0), .. Big(samples)]);

    private static byte[] Box(string name, byte[] content, bool longLength = false)
    {
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)content.Length + 16);
        return longLength
            ? [.. Big(1), .. Encoding.ASCII.GetBytes(name), .. length, .. content]
            : [.. Big((uint)content.Length + 8), .. Encoding.ASCII.GetBytes(name), .. content];
    }

    private static byte[] Big(uint number)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}

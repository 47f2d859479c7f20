using System.Buffers.Binary;
using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Clips that lead to other files and addresses: none of those is ever opened, and the clip is unsupported.</summary>
[CancelAfter(60_000)]
internal sealed class ExternalFileAccessTests
{
    private const string Film = "-f lavfi -i testsrc2=s=64x64:r=10:d=0.5 -c:v libx264 -pix_fmt yuv420p";
    private const string Playlist = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nOTHER\n#EXT-X-ENDLIST\n";
    private const string Script = "ffconcat version 1.0\nfile 'OTHER'\n";
    private const string Session = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\na=control:OTHER\n";

    private const string Dash = """
        <?xml version="1.0" encoding="utf-8"?>
        <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S" minBufferTime="PT1S"
         profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">
         <Period id="0"><AdaptationSet id="0" contentType="video"><Representation id="0" mimeType="video/mp4" codecs="avc1.64000a"
          bandwidth="9000" width="64" height="64">
          <BaseURL>OTHER</BaseURL>
         </Representation></AdaptationSet></Period>
        </MPD>
        """;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("list.m3u8", Playlist, "hls")]
    [TestCase("list.mp4", Playlist, "hls")]
    [TestCase("script.ffconcat", Script, "concat")]
    [TestCase("script.mp4", Script, "concat")]
    [TestCase("session.sdp", Session, "sdp")]
    [TestCase("session.mp4", Session, "sdp")]
    [TestCase("dash.mpd", Dash, "dash")]
    [TestCase("dash.mp4", Dash, "dash")]
    public async Task Text_that_names_others_opens_none_of_them(string name, string text, string format)
    {
        string other = _media.Make("other.mp4", Film);
        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK", File.ReadAllBytes(other)));
        foreach (string reference in new[] { other, "other.mp4", "file:" + other, server.Address.ToString() })
        {
            string path = _media.Write(name, Encoding.UTF8.GetBytes(text.Replace("OTHER", reference, StringComparison.Ordinal)));
            using var watch = new FileOpenWatcher(other);

            foreach (ClipSpec spec in new ClipSpec[] { new VideoSpec(), new AudioSpec(), new ImageSpec(), new InspectSpec() })
            {
                using DirectDecode decode = DirectDecode.Of(path, spec);
                Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported), $"{reference} {spec}: {decode.Fault}");
                Assert.That(decode.Fault?.Message, Does.Contain($"format {format} "));
            }

            Assert.That((watch.WasOpened(), server.Asked), Is.EqualTo((false, 0)), reference);
            File.OpenHandle(other).Dispose();
            Assert.That(watch.WasOpened(), "the watch notices");
        }
    }

    [Test]
    public void A_video_whose_pictures_lie_in_another_file_is_unsupported()
    {
        string other = _media.Make("other.mov", Film);
        string path = _media.Write("alias.mov", WithAlias(File.ReadAllBytes(other), other));
        using var watch = new FileOpenWatcher(other);

        using DirectDecode decode = DirectDecode.Of(path, new VideoSpec());

        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported), $"{decode.Fault} {decode.Log}");
        Assert.That(decode.Fault?.Message, Does.Contain("leads to another file"));
        Assert.That(watch.WasOpened(), Is.False);
    }

    [Test]
    public void A_drawing_shows_nothing_that_lies_in_another_file()
    {
        string other = _media.Make("other.png", "-f lavfi -i color=red:s=16x16 -frames:v 1");
        string path = _media.Write("drawing.svg", Encoding.UTF8.GetBytes($"""
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="16" height="16">
            <image width="16" height="16" xlink:href="{other}" href="file://{other}"/></svg>
            """));
        using var watch = new FileOpenWatcher(other);

        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());

        Assert.That(watch.WasOpened(), Is.False);
        Assert.That(decode.Bytes.ToArray(), Is.All.EqualTo(255));
    }

    [Test]
    public void A_pattern_of_names_is_a_name()
    {
        string first = _media.Make("img001.png", "-f lavfi -i color=red:s=16x16 -frames:v 1");
        using var watch = new FileOpenWatcher(first);
        foreach (string pattern in new[] { "img%03d.png", "img*.png", "img00[0-9].png" })
        {
            using DirectDecode decode = DirectDecode.Of(_media.PathOf(pattern), new ImageSpec());
            Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Missing), pattern);
        }

        // And where a file really is called so, it is that one.
        string named = _media.PathOf("img%03d.png");
        File.Copy(_media.Make("blue.png", "-f lavfi -i color=blue:s=16x16 -frames:v 1"), named);
        using DirectDecode blue = DirectDecode.Of(named, new ImageSpec());
        Assert.That(blue.Bytes[..3].ToArray(), Is.EqualTo(new byte[] { 0, 0, 254 }).Within(2));
        Assert.That(watch.WasOpened(), Is.False);
    }

    // The reference of the only track becomes a Macintosh alias of another file, as QuickTime's reference movies have it. The index lies behind the samples, so
    // that nothing that it points at moves.
    private static byte[] WithAlias(byte[] film, string path)
    {
        byte[] name = Encoding.ASCII.GetBytes(Path.GetFileName(path));
        byte[] whole = Encoding.ASCII.GetBytes(path);
        byte[] alias =
        [
            .. "alis"u8, 0, 0, 0, 0,
            .. new byte[10],
            0, .. new byte[27],
            .. new byte[12],
            (byte)name.Length, .. name, .. new byte[63 - name.Length],
            .. new byte[16],
            0, 1, 0, 1,
            .. new byte[16],
            0, 2, 0, (byte)whole.Length, .. whole, .. new byte[whole.Length & 1],
            0xFF, 0xFF, 0, 0,
        ];
        int list = film.AsSpan().IndexOf("dref"u8);
        int entry = list + 12;
        int length = BinaryPrimitives.ReadInt32BigEndian(film.AsSpan(entry));
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, alias.Length + 4);
        int grown = alias.Length + 4 - length;
        foreach (string box in new[] { "moov", "trak", "mdia", "minf", "dinf", "dref" })
        {
            Span<byte> boxSize = film.AsSpan(film.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(box)) - 4);
            BinaryPrimitives.WriteInt32BigEndian(boxSize, BinaryPrimitives.ReadInt32BigEndian(boxSize) + grown);
        }

        return [.. film[..entry], .. size, .. alias, .. film[(entry + length)..]];
    }
}

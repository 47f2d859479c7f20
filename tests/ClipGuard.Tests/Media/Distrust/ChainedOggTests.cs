using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>Ogg files one behind the other in one file come out as each of them does, one after the other.</summary>
[CancelAfter(120_000)]
internal sealed class ChainedOggTests
{
    private const int RateHz = 48_000;

    private static readonly AudioSpec Native = new() { SampleRateHz = AudioSpec.NativeRate };

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Links_follow_each_other([Values("libvorbis", "libopus", "flac", "libspeex")] string codec, [Values] bool haveSameSerial)
    {
        string[] links = [Make(codec, 1, haveSameSerial), Make(codec, 2, haveSameSerial), Make(codec, 3, haveSameSerial)];
        string chain = Chain($"{codec}-{haveSameSerial}.ogg", links);
        float[] expected = [.. links.SelectMany(Whole)];
        using DirectDecode decode = DirectDecode.Of(chain, Native);
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None), decode.Log);
        Assert.That(decode.Samples.SequenceEqual(expected));
        using DirectDecode part = DirectDecode.Of(chain, Native with { StartSeconds = 2.7, DurationSeconds = 2 });
        int rate = decode.Clip.SampleRateHz;
        Assert.That(part.Samples.SequenceEqual(expected.AsSpan((int)(2.7 * rate), 2 * rate)));
    }

    [Test]
    public void Another_rate_is_brought_to_the_first_one()
    {
        string first = _media.Make("first.ogg", "-f lavfi -i sine=d=2:r=44100 -c:a libvorbis");
        string second = _media.Make("second.ogg", "-f lavfi -i sine=d=2:r=22050 -c:a libvorbis");
        string chain = Chain("rates.ogg", [first, second]);
        using DirectDecode whole = DirectDecode.Of(chain, Native);
        using DirectDecode rest = DirectDecode.Of(chain, Native with { StartSeconds = 3 });
        Assert.That((whole.Clip.SampleRateHz, whole.Clip.Shape[1]), Is.EqualTo((44_100, 4 * 44_100)));
        Assert.That(whole.Samples[..(2 * 44_100)].SequenceEqual(Whole(first)));
        Assert.That(rest.Clip.Shape[1], Is.EqualTo(44_100));
    }

    [Test]
    public void A_look_tells_the_length_of_all_links()
    {
        string chain = Chain("look.ogg", [Make("libvorbis", 1, false), Make("libvorbis", 2, false), Make("libvorbis", 3, false)]);
        using DirectDecode look = DirectDecode.Of(chain, new InspectSpec());
        ClipDescription clip = ClipDescription.Read(look.Bytes);
        Assert.That((clip.DurationSeconds, clip.Streams[0].DurationSeconds, clip.Streams[0].FoundSampleCount), Is.EqualTo((6.0, 6.0, 6L * RateHz)));
        Assert.That(clip.Notes, Is.EqualTo(new[] { "The file is a chain of 3 Ogg files; each is decoded by itself, and their samples follow each other." }));
    }

    [Test]
    public void Damage_in_any_link_is_told()
    {
        byte[] second = File.ReadAllBytes(_media.Make("noise.ogg", "-f lavfi -i anoisesrc=d=8:r=48000:a=0.3 -c:a libopus"));
        new Random(1).NextBytes(second.AsSpan(second.Length / 3, second.Length / 3));
        string chain = Chain("damaged.ogg", [Make("libopus", 1, false), _media.Write("second-damaged.ogg", second), Make("libopus", 3, false)]);
        using DirectDecode decode = DirectDecode.Of(chain, Native);
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    [Test]
    public void A_limit_of_duration_counts_all_links()
    {
        string chain = Chain("long.ogg", [Make("libvorbis", 1, false), Make("libvorbis", 2, false)]);
        using DirectDecode decode =
            new(new DecodeRequest(new FileSource(chain), Native) { Limits = new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(3) } });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
    }

    [Test]
    public void FFmpeg_gets_it_wrong_by_itself()
    {
        // 5.1 and 7.1 give 128 samples too many at each seam, 9.0 another number. Where this fails, it was mended.
        string chain = Chain("own.ogg", [Make("libvorbis", 1, false), Make("libvorbis", 2, false)]);
        Assert.That(MemoryMarshal.Cast<byte, float>(FfmpegProgram.Run($"-i \"{chain}\" -f f32le -")).Length, Is.Not.EqualTo(4 * RateHz));
    }

    private static float[] Whole(string path)
    {
        using DirectDecode decode = DirectDecode.Of(path, Native);
        return decode.Samples.ToArray();
    }

    // Written bit for bit the same each time, streams are numbered from 0, and so two files have the same serial number.
    private string Make(string codec, int number, bool haveSameSerial) => _media.Make(
        $"{codec}-{number}-{haveSameSerial}.ogg",
        $"-f lavfi -i sine=f={number * 200}:d=2:r={(codec == "libspeex" ? 16_000 : RateHz)} -c:a {codec} "
            + $"{(haveSameSerial ? "-fflags +bitexact -flags +bitexact" : string.Empty)}");

    private string Chain(string name, string[] links) => _media.Write(name, links.SelectMany(File.ReadAllBytes).ToArray());
}

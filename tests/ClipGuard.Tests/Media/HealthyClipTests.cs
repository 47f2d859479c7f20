using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

[CancelAfter(60_000)]
internal sealed class HealthyClipTests
{
    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Audio_is_mono_float_at_the_rate_asked_for([Values("tone.wav", "tone.mp3", "tone.flac", "tone.m4a", "tone.opus", "tone.ogg")] string name)
    {
        using DirectDecode decode = DirectDecode.Of(_media.Make(name, HealthyClipArguments.Audio.Single(clip => clip.Name == name).Arguments), new AudioSpec());
        Assert.Multiple(() =>
        {
            Assert.That(decode.Clip.Element, Is.EqualTo(ElementType.Float32));
            Assert.That(decode.Clip.Shape[0], Is.EqualTo(1));
            Assert.That(decode.Clip.Shape[1], Is.InRange(31_900, 33_500));
            Assert.That(decode.Clip.SampleRateHz, Is.EqualTo(16_000));
            Assert.That(decode.Clip.PayloadBytes(), Is.EqualTo(decode.Bytes.Length));
            Assert.That(decode.Frames, Is.Positive);
            Assert.That(decode.Packets, Is.Positive);
            Assert.That(decode.BytesRead, Is.Positive);
            Assert.That(Loudness(decode.Samples), Is.InRange(0.08, 0.1), "ffmpeg's sine has an amplitude of 1/8");
        });
    }

    [Test]
    public void Video_is_as_many_frames_as_asked_for(
        [Values("h264.mp4", "vp9.webm", "mpeg4.avi", "h264.ts", "raw.h264", "variable.mp4", "moving.gif")] string name)
    {
        using DirectDecode decode = DirectDecode.Of(_media.Make(name, HealthyClipArguments.Video.Single(clip => clip.Name == name).Arguments), new VideoSpec());
        Assert.Multiple(() =>
        {
            Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 16, 224, 224, 3 }));
            Assert.That(decode.Clip.FrameTimesSeconds, Is.Ordered);
            Assert.That(decode.Clip.FrameTimesSeconds[^1], Is.InRange(1.8, 2.0));
            Assert.That(decode.Clip.PayloadBytes(), Is.EqualTo(decode.Bytes.Length));
        });
    }

    [Test]
    public void The_sound_of_a_video_is_audio()
    {
        string path = _media.Make("both.mp4", "-f lavfi -i testsrc2=s=64x64:d=1 -f lavfi -i sine=d=1 -c:v libx264 -pix_fmt yuv420p");
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec());
        Assert.That(decode.Clip.Shape[1], Is.InRange(15_900, 17_000));
    }

    [Test]
    public void An_image_keeps_its_size_and_lies_on_white()
    {
        string path = _media.Make("alpha.png", "-f lavfi -i color=c=red@0.0:s=31x17,format=rgba -frames:v 1");
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 17, 31, 3 }));
        Assert.That(decode.Bytes.ToArray(), Is.All.EqualTo(255));
    }

    [Test]
    public void A_drawing_is_an_image()
    {
        string path = _media.Write(
            "drawing.svg", """<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="blue"/></svg>"""u8);
        using DirectDecode decode = DirectDecode.Of(path, new ImageSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 10, 20, 3 }));
        Assert.That(decode.Bytes[..3].ToArray(), Is.EqualTo(new byte[] { 0, 0, 255 }));
    }

    [Test]
    public void Bytes_in_memory_decode_as_the_file_does()
    {
        string path = _media.Make("tone.flac", HealthyClipArguments.Audio[2].Arguments);
        using DirectDecode fromFile = DirectDecode.Of(path, new AudioSpec());
        using DirectDecode fromMemory = new(new DecodeRequest(new MemorySource(File.ReadAllBytes(path)), new AudioSpec()));
        Assert.That(fromMemory.Clip.Shape, Is.EqualTo(fromFile.Clip.Shape));
        Assert.That(fromMemory.Bytes.SequenceEqual(fromFile.Bytes));
    }

    [Test]
    public void A_range_of_a_file_decodes_as_the_file_within_does()
    {
        byte[] clip = File.ReadAllBytes(_media.Make("tone.wav", HealthyClipArguments.Audio[0].Arguments));
        string shard = _media.Write("shard.tar", [.. new byte[777], .. clip, .. "what comes after"u8]);
        using DirectDecode alone = DirectDecode.Of(_media.PathOf("tone.wav"), new AudioSpec());
        using DirectDecode within = new(new DecodeRequest(new FileSource(shard) { Offset = 777, Length = clip.Length }, new AudioSpec()));
        Assert.That(within.Clip.Shape, Is.EqualTo(alone.Clip.Shape));
        Assert.That(within.Bytes.SequenceEqual(alone.Bytes));
    }

    [Test]
    public void A_list_of_pictures_is_a_video()
    {
        string[] paths = [.. Enumerable.Range(0, 5).Select(i => _media.Make($"frame{i}.png", $"-f lavfi -i color=c=0x{i * 40:X2}0000:s=40x30 -frames:v 1"))];
        using DirectDecode decode = new(
            new DecodeRequest(new FileListSource(paths), new VideoSpec { Selection = new UniformFrames(3), Size = new ExactSize(8, 8) }));
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 3, 8, 8, 3 }));
        Assert.That(new[] { decode.Bytes[0], decode.Bytes[192], decode.Bytes[384] }, Is.EqualTo(new[] { 0, 80, 160 }).Within(2));
    }

    private static double Loudness(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (float sample in samples)
        {
            sum += (double)sample * sample;
        }

        return Math.Sqrt(sum / samples.Length);
    }
}

using ClipGuard.Media;
using ClipGuard.Media.Libav.Containers;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>What lies under the header of PCM is still found out where it is something else, and is not asked after where it is PCM for certain.</summary>
[CancelAfter(60_000)]
internal sealed class CompressedAudioInPcmWavTests
{
    private const int HeaderBytes = 44;
    private const string Noise = "-f lavfi -i \"anoisesrc=d=2:r=48000:seed=3:a=0.3:c=pink\" -ac 2";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("x.dts", "-c:a dca -strict -2", "dts", true)]
    [TestCase("x.dts", "-c:a dca -strict -2", "dts", false)]
    [TestCase("x.ac3", "-c:a ac3", "ac3", false)]
    [TestCase("x.eac3", "-c:a eac3", "eac3", false)]
    [TestCase("x.mp3", "-c:a libmp3lame -write_xing 0 -id3v2_version 0", "mp3", false)]
    [TestCase("x.mp2", "-c:a mp2", "mp2", false)]
    [TestCase("x.aac", "-c:a aac", "aac", false)]
    public void A_compressed_stream_under_the_header_of_PCM_is_decoded_as_what_it_is(string name, string arguments, string codec, bool isSwapped)
    {
        byte[] stream = File.ReadAllBytes(_media.Make(name, $"{Noise} {arguments}"));
        if (isSwapped)
        {
            stream = [.. stream.Chunk(2).SelectMany(static pair => pair.Reverse())];
        }

        Assert.That(CompressedAudioInPcmWav.MayBe(stream, isAll: true), Is.True);

        // Of AAC and AC-3 FFmpeg wants the first frame where the samples begin.
        foreach (int silence in codec is "dts" or "mp3" ? new[] { 0, 20_000 } : [0])
        {
            using DirectDecode decode = DirectDecode.Of(_media.Write("hidden.wav", Wav([.. new byte[silence], .. stream])), new AudioSpec());
            Assert.That(decode.Clip.Track?.Codec, Is.EqualTo(codec), $"after {silence} bytes of silence");
        }
    }

    [Test]
    public void Samples_are_taken_for_samples([Values(3, 200, 6000, 30_000)] int loudness, [Values(1, 2, 3, 4, 5, 6)] int seed)
    {
        var random = new Random(seed);
        byte[] samples = new byte[200_000];
        for (int i = 4000; i < samples.Length; i += sizeof(short))
        {
            BitConverter.TryWriteBytes(samples.AsSpan(i), (short)(loudness * ((random.NextDouble() * 2) - 1)));
        }

        Assert.That(CompressedAudioInPcmWav.MayBe(samples, isAll: false), Is.False);
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public void Behind_silence_there_may_be_anything(bool isAll, bool expected) =>
        Assert.That(CompressedAudioInPcmWav.MayBe(new byte[100_000], isAll), Is.EqualTo(expected));

    private static byte[] Wav(byte[] samples)
    {
        byte[] wav = new byte[HeaderBytes + samples.Length];
        Wave.Ramp(48_000, 0).CopyTo(wav, 0);
        samples.CopyTo(wav, HeaderBytes);
        Put(4, wav.Length - 8);
        Put(22, 0x0002);
        Put(24, 48_000);
        Put(28, 192_000);
        Put(32, 0x0010_0004);
        Put(40, samples.Length);
        return wav;

        // The count of channels is followed by nothing that the next line does not write.
        void Put(int at, int value) => BitConverter.TryWriteBytes(wav.AsSpan(at), value);
    }
}

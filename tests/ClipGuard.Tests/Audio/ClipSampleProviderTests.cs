using System.Runtime.InteropServices;

using ClipGuard.Audio;
using ClipGuard.Media;

using NAudio.Wave;

using NUnit.Framework;

namespace ClipGuard.Tests.Audio;

internal sealed class ClipSampleProviderTests
{
    private static readonly float[] Planes = [1, 2, 3, 10, 20, 30];

    private static readonly DecodedClip Stereo = new(ElementType.Float32, [2, 3]) { SampleRateHz = 16_000 };

    private static ReadOnlySpan<byte> Payload => MemoryMarshal.AsBytes(Planes.AsSpan());

    [Test]
    public void Channels_come_interleaved_at_the_clips_rate()
    {
        var provider = new ClipSampleProvider(Stereo, Payload);
        float[] samples = new float[10];

        Assert.That(provider.Read(samples.AsSpan(0, 4)), Is.EqualTo(4));
        Assert.That(provider.Position, Is.EqualTo(2));
        Assert.That(provider.Read(samples.AsSpan(4)), Is.EqualTo(2));
        Assert.That(provider.Read(samples), Is.Zero);
        Assert.That(samples[..6], Is.EqualTo(new float[] { 1, 10, 2, 20, 3, 30 }));
        Assert.That(provider.WaveFormat, Is.EqualTo(WaveFormat.CreateIeeeFloatWaveFormat(16_000, 2)));
    }

    [Test]
    public void It_can_be_read_again()
    {
        var provider = new ClipSampleProvider(Stereo, Payload) { Position = 2 };
        float[] samples = new float[2];

        Assert.That(provider.Read(samples), Is.EqualTo(2));
        Assert.That(samples, Is.EqualTo(new float[] { 3, 30 }));
        Assert.That(() => provider.Position = 4, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void NAudios_own_providers_take_it()
    {
        ISampleProvider mono = new ClipSampleProvider(Stereo, Payload).ToMono();
        float[] samples = new float[4];

        Assert.That(mono.Read(samples), Is.EqualTo(3));
        Assert.That(samples[..3], Is.EqualTo(new float[] { 5.5f, 11, 16.5f }));
    }

    [Test]
    public void What_is_no_audio_is_refused()
    {
        Assert.That(() => new ClipSampleProvider(new DecodedClip(ElementType.UInt8, [1, 2, 3]), new byte[6]), Throws.ArgumentException);
        Assert.That(() => new ClipSampleProvider(Stereo, Payload[..20]), Throws.ArgumentException.With.Message.Contains("20 bytes"));
    }
}

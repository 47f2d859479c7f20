using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>A decoder that is not ours ends by the clock wherever it reads.</summary>
[CancelAfter(60_000)]
internal sealed class PlugInDecoderTimeoutTests
{
    private const string Name = "Circular";

    [Test]
    public void One_that_reads_its_header_for_ever_is_timed_out()
    {
        var request = new DecodeRequest(new MemorySource(new byte[64]), new AudioSpec { Decoder = Name });
        using var decode = new DirectDecode(request, TimeSpan.FromSeconds(0.3), new Dictionary<string, IAudioDecoder> { [Name] = new CircularDecoder() });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.TimedOut), () => $"{decode.Fault}");
        Assert.That(decode.Fault!.Stage, Is.EqualTo(DecodeStage.Open));
    }

    private sealed class CircularDecoder : IAudioDecoder
    {
        public string Version => "Circular 1.0";

        public IAudioTrack Open(Stream clip, string fileName)
        {
            while (true)
            {
                clip.Position = 0;
                _ = clip.ReadByte();
            }
        }
    }
}

using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// A clip that is made here, byte by byte, and what every decoder has to make of it: nothing is compressed, so that there is one right answer. A helper that
/// has found a fault decodes one before it is used again. <c>Protocol.md</c> describes them for helpers of others.
/// </summary>
internal sealed class ReuseCheckClip
{
    /// <summary>The number of the requests for known clips: smaller than any other, so that an answer to one is taken for no later clip's.</summary>
    public const long RequestId = 0;

    private const int SampleRateHz = 8000;
    private const int Channels = 2;
    private const int Samples = 400;
    private const int Width = 8;
    private const int Height = 4;
    private const int Frames = 3;

    private readonly byte[] _encoded;
    private readonly byte[] _decoded;
    private readonly int[] _shape;

    private ReuseCheckClip(ClipSpec spec, byte[] encoded, byte[] decoded, int[] shape, SupervisorOptions options)
    {
        _encoded = encoded;
        _decoded = decoded;
        _shape = shape;
        Attempt = new Attempt(
            RequestId, new DecodeRequest(new MemorySource(encoded), spec), options.PayloadBytes, DecodeTimeLimits.ForCaller(options));
    }

    /// <summary>How it is asked for. Sent as it is to any number of helpers, and never concluded.</summary>
    public Attempt Attempt { get; }

    /// <summary>The known clip that goes through the same decoder as clips with this spec do.</summary>
    public static ReuseCheckClip For(ClipSpec spec, SupervisorOptions options) => spec switch
    {
        AudioSpec audio => Audio(audio.Decoder, options),
        VideoSpec => Film(options),
        _ => Picture(options),
    };

    /// <summary>Writes the clip to where a helper reads it, and clears where the answer is to be.</summary>
    public unsafe void Place(byte* payload)
    {
        _encoded.CopyTo(new Span<byte>(payload, _encoded.Length));
        Decoded(payload).Clear();
    }

    /// <summary>What is wrong with an answer that has passed <see cref="ReplyCheck"/>; null where it is the right one.</summary>
    public unsafe string? FindWrong(ReplyMessage reply, byte* payload) => reply switch
    {
        { Fault: { } fault } => $"found it {fault.Kind}: {fault.Message}",
        { Clip: { } clip } when !clip.Shape.SequenceEqual(_shape) => $"made [{string.Join(", ", clip.Shape)}] of it in place of [{string.Join(", ", _shape)}]",
        { Clip.Damage: { } damage } when damage != DamageReport.None => "found damage in it",
        _ => Decoded(payload).SequenceEqual(_decoded) ? null : "made other values of it than it has",
    };

    private unsafe Span<byte> Decoded(byte* payload) => new(payload + Attempt.OutputOffset, _decoded.Length);

    private static ReuseCheckClip Audio(string? decoder, SupervisorOptions options)
    {
        // Interleaved in the file, one channel behind the other in the answer.
        short[] samples = [.. Enumerable.Range(0, Channels * Samples).Select(static i => (short)((i * 7919 % 60_000) - 30_000))];
        float[] decoded = [.. Enumerable.Range(0, Channels * Samples).Select(i => samples[(i % Samples * Channels) + (i / Samples)] / 32768f)];
        byte[] bytes = new byte[decoded.Length * sizeof(float)];
        Buffer.BlockCopy(decoded, 0, bytes, 0, bytes.Length);
        var spec = new AudioSpec { SampleRateHz = SampleRateHz, Channels = AudioChannels.All, Decoder = decoder };
        return new ReuseCheckClip(spec, ReuseCheckClipBytes.Wav(samples, SampleRateHz, Channels), bytes, [Channels, Samples], options);
    }

    private static ReuseCheckClip Picture(SupervisorOptions options)
    {
        byte[] pixels = Pixels(1);
        return new ReuseCheckClip(new ImageSpec(), ReuseCheckClipBytes.Bitmap(pixels, Width, Height), pixels, [Height, Width, 3], options);
    }

    private static ReuseCheckClip Film(SupervisorOptions options)
    {
        byte[] pixels = Pixels(Frames);
        var spec = new VideoSpec { Selection = new UniformFrames(Frames), Size = new ExactSize(Width, Height) };
        return new ReuseCheckClip(spec, ReuseCheckClipBytes.Avi(pixels, Width, Height), pixels, [Frames, Height, Width, 3], options);
    }

    private static byte[] Pixels(int frames) => [.. Enumerable.Range(0, frames * Height * Width * 3).Select(static i => (byte)(i * 37 % 251))];
}

using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.Streams;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;

namespace ClipGuard.Benchmarks.Fuzzing;

/// <summary>
/// Decodes one damaged file after the other in this process, and says which before each, so that whoever reads knows which one ended it. An exception
/// is a bug of ours, and is said with its stack.
/// </summary>
internal sealed unsafe class FuzzChild : IDisposable
{
    /// <summary>Said before each case, with its number.</summary>
    public const string Begins = "case ";

    /// <summary>Said of an exception, with the case's number and the stack in one line.</summary>
    public const string Bug = "bug ";

    private const long PayloadBytes = 64 << 20;

    private static readonly TimeSpan PoliteTime = TimeSpan.FromSeconds(2);
    private static readonly DecodeLimits Limits = new() { MaxFramePixels = 4_000_000, MaxPayloadBytes = PayloadBytes, MaxFrames = 2000 };

    private readonly byte* _payload = (byte*)NativeMemory.AlignedAlloc((nuint)PayloadBytes, 64);
    private readonly byte* _marks = (byte*)NativeMemory.AlignedAlloc(MarksPage.Size, 64);
    private readonly LibavDecoder _decoder = new();

    /// <summary>Decodes cases.</summary>
    /// <param name="files">What is damaged.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="from">Number of the first case.</param>
    /// <param name="to">One past the last.</param>
    public static int Run(IReadOnlyList<(string Name, byte[] Bytes)> files, int seed, int from, int to)
    {
        using var child = new FuzzChild();
        using var said = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        for (int number = from; number < to; number++)
        {
            said.WriteLine(Begins + number);
            try
            {
                child.Decode(FuzzCase.Of(files, seed, number));
            }
#pragma warning disable CA1031 // Finding these is what this is for.
            catch (Exception bug)
#pragma warning restore CA1031
            {
                said.WriteLine($"{Bug}{number} {bug.ToString().ReplaceLineEndings(" | ")}");
            }
        }

        return 0;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        NativeMemory.AlignedFree(_payload);
        NativeMemory.AlignedFree(_marks);
    }

    private void Decode(FuzzCase one)
    {
        NativeMemory.Clear(_marks, MarksPage.Size);
        var source = new NamedSource(one.Name, one.Bytes);
        if (one.Spec is { } spec)
        {
            _decoder.Decode(new DecodeRequest(source, spec) { Limits = Limits }, Context());
            return;
        }

        using var log = new LibavLog(new ProgressMarks(_marks));
        var session = new DecodeState(new DecodeRequest(source, new VideoSpec()) { Limits = Limits }, Context(), log);
        RawStreamWriter? stream = null;
        DecoderFault? fault = one.Kind == ClipKind.Audio ? RawAudioWriter.Open(session, source, out stream) : RawVideoWriter.Open(session, source, out stream);
        using (stream)
        {
            using StreamSink sink = StreamSink.OpenEnd("/dev/null", new ProgressMarks(_marks), out _)!;
            _ = fault ?? stream!.Write(Format(stream.Shape), sink);
            session.ThrowBug();
        }
    }

    // As it is; what a supervisor would refuse to ask for is asked for as something small.
    private static StreamFormat Format(ClipShape shape) => shape.Audio is { } audio
        ? new AudioFormat(audio is { SampleRateHz: > 0, Channels: > 0 and <= 64 } ? audio : new AudioShape(16_000, 1), AudioSampleType.Float32)
        : new VideoFormat(new VideoShape(64, 48, ChromaSampling.Yuv420, 8) { Rate = new FrameRate(25, 1) }, VideoStreamFraming.Raw, ScalingFilter.Bicubic);

    private DecodeContext Context() => new(new PayloadBuffer(_payload, PayloadBytes), new ProgressMarks(_marks), PoliteTime);
}

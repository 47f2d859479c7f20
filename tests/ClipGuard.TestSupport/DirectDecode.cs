using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Wire;

using NUnit.Framework;

namespace ClipGuard.TestSupport;

/// <summary>One decode in the test's own process, with the payload and the marks in plain memory.</summary>
internal sealed unsafe class DirectDecode : IDisposable
{
    private const int Alignment = 64;

    private readonly byte* _payload;
    private readonly MarksPage* _marks;
    private readonly PayloadBuffer _writer;

    public DirectDecode(DecodeRequest request, TimeSpan? timeLeft = null, IReadOnlyDictionary<string, IAudioDecoder>? audioDecoders = null)
    {
        _payload = (byte*)NativeMemory.AlignedAlloc((nuint)request.Limits.MaxPayloadBytes, Alignment);
        _marks = (MarksPage*)NativeMemory.AlignedAlloc(MarksPage.Size, Alignment);
        NativeMemory.Clear(_marks, MarksPage.Size);
        _writer = new PayloadBuffer(_payload, request.Limits.MaxPayloadBytes);
        using var decoder = new LibavDecoder(audioDecoders);
        DecodeAnswer answer = decoder.Decode(request, new DecodeContext(_writer, new ProgressMarks((byte*)_marks), timeLeft));
        Fault = answer.Fault;
        Result = answer.Clip;
    }

    public DecoderFault? Fault { get; }

    public DecodedClip? Result { get; }

    /// <summary>The clip; the test fails where there is none.</summary>
    public DecodedClip Clip => Result ?? throw new AssertionException($"No clip: {Fault} {Log}");

    public long BytesRead => _marks->Bytes;

    public long Packets => _marks->Packets;

    public long Frames => _marks->Frames;

    public string Log => Encoding.UTF8.GetString(_marks->Log, (int)Math.Min(_marks->LogWritten, MarksPage.LogCapacity));

    public ReadOnlySpan<byte> Bytes => new(_payload, (int)_writer.Length);

    public ReadOnlySpan<float> Samples => MemoryMarshal.Cast<byte, float>(Bytes);

    public static DirectDecode Of(string path, ClipSpec spec) => new(new DecodeRequest(new FileSource(path), spec));

    public void Dispose()
    {
        NativeMemory.AlignedFree(_payload);
        NativeMemory.AlignedFree(_marks);
    }
}

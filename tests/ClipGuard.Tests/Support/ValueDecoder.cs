using System.Collections.Concurrent;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Tests.Support;

/// <summary>Gives each file the samples, the frames or the fault that the test says, or comes to nothing.</summary>
/// <param name="version">Its name.</param>
/// <param name="results">Samples of one channel at 1000 Hz, bytes of pictures of 2×2 gray pixels, a fault, or null for an unsettled clip; by file name.</param>
internal sealed class ValueDecoder(string version, Dictionary<string, object?> results) : IGuardedDecoder
{
    /// <summary>The sample rate that it delivers.</summary>
    public int RateHz { get; init; } = 1000;

    public string DecoderVersion => version;

    public SandboxLevel Sandbox => SandboxLevel.Off;

    public IReadOnlyList<string> Kinds { get; init; } = ["audio", "video", "image"];

    /// <summary>What it was asked for, by file name.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Whether clips that are unsettled stay so when they are tried again; otherwise they decode to three zeros.</summary>
    public bool NeverSettles { get; init; } = true;

    public ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation) =>
        ValueTask.FromResult(Decode(request, settles: false));

    public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation) =>
        ValueTask.FromResult(Decode(request, settles: false));

    public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation) => ValueTask.FromResult(Decode(request, settles: true));

    private DecodeOutcome Decode(DecodeRequest request, bool settles)
    {
        string name = Path.GetFileName(((FileSource)request.Source).Path);
        Asked.Enqueue(name);
        object? result = results.GetValueOrDefault(name);
        if (result is null && settles && !NeverSettles)
        {
            result = new float[3];
        }

        return result switch
        {
            float[] samples => new Outcome(
                new DecodedClip(ElementType.Float32, [1, samples.Length]) { SampleRateHz = RateHz }, MemoryMarshal.AsBytes(samples.AsSpan()).ToArray()),
            byte[] pixels when request.Spec is VideoSpec => new Outcome(new DecodedClip(ElementType.UInt8, [pixels.Length / 4, 2, 2, 1]), pixels),
            byte[] pixels => new Outcome(new DecodedClip(ElementType.UInt8, [2, pixels.Length / 2, 1]), pixels),
            FaultKind kind => new FaultOutcome(
                new ClipFault(kind, DecodeStage.Decode, $"{version} does not like it.", new PostMortem { Log = ["oh no"] }), TimeSpan.FromMilliseconds(2)),
            _ => new UnsettledOutcome(new UnsettledClip(UnsettledCause.Starved, DecodeStage.Decode, "It had no processor.", new PostMortem()), TimeSpan.Zero),
        };
    }

    private sealed class Outcome(DecodedClip clip, byte[] bytes) : DecodeOutcome(clip, null, TimeSpan.FromMilliseconds(2))
    {
        public override ReadOnlySpan<byte> Payload => bytes;

        public override void Dispose()
        {
        }
    }
}

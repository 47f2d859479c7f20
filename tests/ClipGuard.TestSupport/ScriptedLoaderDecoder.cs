using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.TestSupport;

/// <summary>
/// Decodes clips whose names say what they hold: <c>/ok/ID/SAMPLES</c> gives so many samples that follow from the number, <c>/bad/ID</c> is corrupt,
/// <c>/hang/ID</c> fails twice, <c>/slow/ID/SAMPLES</c> fails once and is then fine. For what a loader does at sizes and
/// in orders that real decodes show only by chance.
/// </summary>
internal sealed class ScriptedLoaderDecoder : IGuardedDecoder
{
    /// <summary>Called before each decode; for holding some up.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = static async (_, _) => await Task.Yield();

    public ConcurrentQueue<string> Asked { get; } = [];

    public int Open;

    /// <summary>Clips that were announced and not disposed.</summary>
    public int Ahead;

    /// <summary>Clips that were announced, in that order.</summary>
    public ConcurrentQueue<string> Announced { get; } = [];

    public int ReadsAhead { get; set; }

    public string DecoderVersion => "Scripted 1";

    public SandboxLevel Sandbox => SandboxLevel.Off;

    public IReadAheadClip? Announce(ClipSource source)
    {
        Announced.Enqueue(((FileSource)source).Path);
        Interlocked.Increment(ref Ahead);
        return new ReadAheadClip(this, source);
    }

    public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation) =>
        throw new NotSupportedException("A loader keeps no first failures.");

    public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation) =>
        throw new NotSupportedException("A loader settles no clips.");

    public async ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
    {
        string path = ((FileSource)request.Source).Path;
        Asked.Enqueue(path);
        Interlocked.Increment(ref Open);
        try
        {
            await Before(path, cancellation);
            cancellation.ThrowIfCancellationRequested();
            string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts[0] is "hang" or "slow")
            {
                onFirstFailure?.Invoke(Fault(FaultKind.Stalled));
                await Before(path + "/again", cancellation);
            }

            if (parts[0] is "bad" or "hang")
            {
                return new Outcome(null, [], Fault(parts[0] == "bad" ? FaultKind.Corrupt : FaultKind.Stalled));
            }

            int id = int.Parse(parts[1], CultureInfo.InvariantCulture);
            float[] samples = [.. Enumerable.Range(0, int.Parse(parts[2], CultureInfo.InvariantCulture)).Select(i => id + (i / 1000f))];
            return new Outcome(new DecodedClip(ElementType.Float32, [1, samples.Length]), MemoryMarshal.AsBytes(samples.AsSpan()).ToArray(), null);
        }
        finally
        {
            Interlocked.Decrement(ref Open);
        }
    }

    private static ClipFault Fault(FaultKind kind) =>
        new(kind, DecodeStage.Decode, "It is damaged.", new PostMortem { BytesRead = 7, PacketCount = 5, FrameCount = 3, Log = ["one", "two"] });

    private sealed class ReadAheadClip(ScriptedLoaderDecoder owner, ClipSource source) : IReadAheadClip
    {
        private int _isDisposed;

        public ClipSource Source => source;

        public long? ReadBeganAt => null;

        public void Forget()
        {
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref owner.Ahead);
            }
        }
    }

    public sealed class Outcome(DecodedClip? clip, byte[] payload, ClipFault? fault) : DecodeOutcome(clip, fault, TimeSpan.FromMilliseconds(1))
    {
        private bool _isDisposed;

        public override ReadOnlySpan<byte> Payload => _isDisposed ? throw new ObjectDisposedException(nameof(Outcome)) : payload;

        // Overwritten, so that a test notices bytes that are read after the lease has ended.
        public override void Dispose()
        {
            _isDisposed = true;
            payload.AsSpan().Fill(0xEE);
        }
    }
}

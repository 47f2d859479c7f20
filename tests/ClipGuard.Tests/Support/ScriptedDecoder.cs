using System.Collections.Concurrent;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>
/// Gives verdicts by file name and ends decodes when the test says so, for what a dry run does with orders and stops that real decodes show only by chance.
/// </summary>
internal sealed class ScriptedDecoder : IGuardedDecoder
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new();
    private readonly ConcurrentDictionary<string, Exception> _failing = new();

    public string DecoderVersion => "Scripted 1";

    public SandboxLevel Sandbox => SandboxLevel.Off;

    /// <summary>What is said to have come of helpers that found a fault before.</summary>
    public ReuseAfterFaultReport Reuse { get; set; } = new();

    /// <summary>File names that were asked for, in the order of asking.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The requests themselves.</summary>
    public ConcurrentQueue<DecodeRequest> Requests { get; } = new();

    /// <summary>Makes decodes of a file wait until <see cref="Release"/>.</summary>
    public void Hold(string name) => _held[name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release(string name) => _held[name].SetResult();

    /// <summary>Makes decodes of a file throw, as a supervisor does that has a bug or no helper.</summary>
    public void Fail(string name, Exception failure) => _failing[name] = failure;

    /// <summary>File names that were asked for with their first failure, in the order of asking, and that failure.</summary>
    public ConcurrentQueue<(string Name, ClipFault FirstFailure)> Continued { get; } = new();

    /// <summary>File names that were tried again to settle them, in the order of asking.</summary>
    public ConcurrentQueue<string> Settled { get; } = new();

    /// <summary>Decodes that are going on.</summary>
    public int Decoding => Volatile.Read(ref _decoding);

    /// <summary>Decodes that were going on when one was settled: to be 0.</summary>
    public int DecodesBesideSettling { get; private set; }

    /// <summary>Whether files whose names say that they are odd come to nothing at first.</summary>
    public bool IsOdd { get; init; } = true;

    /// <summary>Clips that were announced.</summary>
    public int Announced;

    /// <summary>Clips that were announced and not given back.</summary>
    public int Ahead;

    public int ReadsAhead { get; set; }

    public IReadAheadClip? Announce(ClipSource source)
    {
        Interlocked.Increment(ref Announced);
        Interlocked.Increment(ref Ahead);
        return new ReadAheadClip(this, source);
    }

    private int _decoding;

    // Tried again, "odd-good" decodes, "odd-bad" is damaged, and everything else that is odd stays so.
    public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation)
    {
        string name = Path.GetFileName(((FileSource)request.Source).Path);
        Settled.Enqueue(name);
        DecodesBesideSettling += Volatile.Read(ref _decoding);
        return ValueTask.FromResult<DecodeOutcome>(
            name.StartsWith("odd-good", StringComparison.Ordinal) ? new Outcome(name, null)
            : name.StartsWith("odd-bad", StringComparison.Ordinal) ? new Outcome(name, Damaged())
            : Odd());
    }

    private static UnsettledOutcome Odd() => new(
        new UnsettledClip(UnsettledCause.Starved, DecodeStage.Decode, "It had no processor.", new PostMortem()), TimeSpan.FromMilliseconds(5));

    private static ClipFault Damaged() =>
        new(FaultKind.Corrupt, DecodeStage.Decode, "It is damaged.", new PostMortem { PacketCount = 3, Log = ["oh no"] });

    // A file whose name begins with "twice" fails, and when it is tried once more, it fails again.
    public async ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _decoding);
        try
        {
            if (Path.GetFileName(((FileSource)request.Source).Path).StartsWith("twice", StringComparison.Ordinal))
            {
                onFirstFailure?.Invoke(Stalled());
            }

            return await DecideAsync(request, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _decoding);
        }
    }

    public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation)
    {
        Continued.Enqueue((Path.GetFileName(((FileSource)request.Source).Path), firstFailure));
        return ValueTask.FromResult<DecodeOutcome>(new Outcome(string.Empty, Stalled()));
    }

    private static ClipFault Missing() => new(FaultKind.Missing, DecodeStage.Open, "There is no such file.", new PostMortem());

    private static ClipFault Stalled() => new(FaultKind.Stalled, DecodeStage.Read, "It made no progress.", new PostMortem());

    private async ValueTask<DecodeOutcome> DecideAsync(DecodeRequest request, CancellationToken cancellation)
    {
        string name = Path.GetFileName(((FileSource)request.Source).Path);
        Requests.Enqueue(request);
        Asked.Enqueue(name);
        if (_held.TryGetValue(name, out TaskCompletionSource? held))
        {
            await held.Task.WaitAsync(cancellation);
        }

        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        if (_failing.TryGetValue(name, out Exception? failure))
        {
            throw failure;
        }

        return name.StartsWith("odd", StringComparison.Ordinal) && IsOdd ? Odd()
            : name.StartsWith("twice", StringComparison.Ordinal) ? new Outcome(name, Stalled())
            : name.StartsWith("gone", StringComparison.Ordinal) ? new Outcome(name, Missing())
            : name.StartsWith("doubt", StringComparison.Ordinal) ? new FaultOutcome(Damaged(), TimeSpan.FromMilliseconds(5)) { IsUnconfirmed = true }
            : new Outcome(name, name.StartsWith("bad", StringComparison.Ordinal) || name.StartsWith("odd-bad", StringComparison.Ordinal) ? Damaged() : null);
    }

    // A good clip is as wide as its name is long.
    private sealed class Outcome(string name, ClipFault? fault) : DecodeOutcome(
        fault is null
            ? new DecodedClip(ElementType.UInt8, [1]) { Track = new TrackFacts("png") { Width = name.Length, Height = 8, Container = "png_pipe", Bytes = 99 } }
            : null,
        fault,
        TimeSpan.FromMilliseconds(5))
    {
        public override ReadOnlySpan<byte> Payload => throw new AssertionException("A dry run does not look at payloads.");

        public override void Dispose()
        {
        }
    }

    private sealed class ReadAheadClip(ScriptedDecoder owner, ClipSource source) : IReadAheadClip
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
}

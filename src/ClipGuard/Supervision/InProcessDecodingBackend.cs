using System.Collections.Concurrent;
using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision;

/// <summary>Decodes in this process: no guard and no overhead, the measure that guarded decoding is compared with.</summary>
internal sealed class InProcessDecodingBackend : IDecodingBackend
{
    private readonly ConcurrentBag<Desk> _free = [];
    private readonly SemaphoreSlim _slots;
    private readonly long _payloadBytes;
    private readonly int _threads;
    private readonly IReadOnlyDictionary<string, IAudioDecoder> _audioDecoders;
    private bool _disposed;

    public InProcessDecodingBackend(SupervisorOptions options)
    {
        _slots = new SemaphoreSlim(options.Workers);
        _payloadBytes = options.PayloadBytes;
        _threads = options.ThreadsOfDecoder(isProgram: false);
        string? lacking = AudioDecoderLoader.Load(options.AudioDecoders, out _audioDecoders);
        string? choice = options.FFmpeg ?? Environment.GetEnvironmentVariable(WireProtocol.FFmpegVariable);
        if ((LibavLoader.FindProblem(choice) ?? FFmpegCheckCache.OfUser.CheckLoaded() ?? lacking) is { } missing)
        {
            throw new HelperUnavailableException(missing, decoderMissing: true);
        }

        Desk first = NewDesk();
        DecoderVersion = first.Decoder.Version;
        _free.Add(first);
    }

    /// <inheritdoc/>
    public string DecoderVersion { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> DecoderFiles => LibavLoader.Files;

    /// <summary>Decodes one clip on the thread pool. A decode that hangs in native code hangs for ever.</summary>
    public async ValueTask<DecodeOutcome> DecodeAsync(DecodeCall call, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        DecodeRequest request = call.WithThreads(_threads).Request;
        Desk? desk = null;
        bool delivered = false;
        try
        {
            desk = _free.TryTake(out Desk? free) ? free : NewDesk();
            Desk taken = desk;
            DecodeOutcome outcome = await Task.Run(() => taken.Decode(request, this, cancellation), CancellationToken.None).ConfigureAwait(false);
            delivered = outcome.IsClip;
            return outcome;
        }
        finally
        {
            if (!delivered)
            {
                Return(desk);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Volatile.Write(ref _disposed, true);
        DisposeFree();
        return ValueTask.CompletedTask;
    }

    private Desk NewDesk() => new(_payloadBytes, _audioDecoders);

    // Null where there was no memory for one.
    private void Return(Desk? desk)
    {
        if (desk is not null)
        {
            _free.Add(desk);
        }

        _slots.Release();
        if (Volatile.Read(ref _disposed))
        {
            DisposeFree();
        }
    }

    private void DisposeFree()
    {
        while (_free.TryTake(out Desk? desk))
        {
            desk.Dispose();
        }
    }

    /// <summary>A decoder and the memory it writes to; one decode at a time.</summary>
    private sealed unsafe class Desk(long payloadBytes, IReadOnlyDictionary<string, IAudioDecoder> audioDecoders) : IDisposable
    {
        private readonly HelperSharedMemory _memory = new(payloadBytes);

        public LibavDecoder Decoder { get; } = new(audioDecoders);

        public byte* Payload => _memory.Payload;

        public DecodeOutcome Decode(DecodeRequest request, InProcessDecodingBackend owner, CancellationToken cancellation)
        {
            long began = Stopwatch.GetTimestamp();
            _memory.ClearMarks();
            var writer = new PayloadBuffer(_memory.Payload, Math.Min(request.Limits.MaxPayloadBytes, _memory.PayloadCapacity));
            var context = new DecodeContext(writer, new ProgressMarks((byte*)_memory.Marks), timeLeft: null, cancellation);
            DecodeAnswer answer = Decoder.Decode(request, context);
            cancellation.ThrowIfCancellationRequested();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
            if (answer.IsClip)
            {
                return new InProcessOutcome(this, owner, answer.Clip, elapsed);
            }

            long now = Stopwatch.GetTimestamp();
            var progress = Progress.Read(_memory.Marks);
            PostMortem postMortem = progress.PostMortem(began, Math.Clamp(progress.StampNanoseconds, began, now), now) with
            {
                Elapsed = elapsed,
                Log = [.. Progress.ReadLog(_memory.Marks)],
            };
            if (answer.Fault.Storage == StorageError.Failed)
            {
                return new UnsettledOutcome(new UnsettledClip(UnsettledCause.Storage, answer.Fault.Stage, answer.Fault.Message, postMortem), elapsed);
            }

            return new FaultOutcome(new ClipFault(answer.Fault.Kind, answer.Fault.Stage, answer.Fault.Message, postMortem), elapsed);
        }

        public void Trim(long usedBytes) => _memory.Trim(usedBytes);

        public void Dispose()
        {
            Decoder.Dispose();
            _memory.Dispose();
        }
    }

    /// <summary>A clip whose bytes lie in a desk's memory.</summary>
    private sealed unsafe class InProcessOutcome(Desk desk, InProcessDecodingBackend owner, DecodedClip clip, TimeSpan elapsed)
        : DecodeOutcome(clip, fault: null, elapsed)
    {
        private readonly int _length = checked((int)clip.PayloadBytes());
        private int _disposed;

        public override ReadOnlySpan<byte> Payload
        {
            get
            {
                ObjectDisposedException.ThrowIf(_disposed != 0, this);
                return new ReadOnlySpan<byte>(desk.Payload, _length);
            }
        }

        public override void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                desk.Trim(_length);
                owner.Return(desk);
            }
        }
    }
}

using System.Buffers;

namespace ClipGuard.Fetching;

/// <summary>What has come of a range of an object, over one or several answers: where a body broke off, the next answer goes on.</summary>
/// <param name="request">The whole range.</param>
/// <param name="maxBytes">Bytes that are held at most.</param>
internal sealed class PartialDownload(FetchRequest request, long maxBytes)
{
    private const int BufferBytes = 64 << 10;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private string? _version = request.Version;

    /// <summary>Bytes of the whole object, as the last answer told; null where it did not.</summary>
    public long? ObjectLength { get; private set; }

    /// <summary>The version that the bytes are of; null where it is not known.</summary>
    public string? Version => _version;

    /// <summary>When the object was last changed, as the last answer told; null where it did not.</summary>
    public DateTimeOffset? Modified { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Asks for what is missing. Without a version to hold the object to, that is all of it.</summary>
    public FetchRequest Missing(Action heard)
    {
        if (_version is null)
        {
            _bytes.ResetWrittenCount();
        }

        return request with { Offset = request.Offset + _bytes.WrittenCount, Length = request.Length - _bytes.WrittenCount, Version = _version, Heard = heard };
    }

    /// <summary>Takes the body of an answer, up to where it breaks off.</summary>
    /// <param name="asked">What it answers.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="heard">Called whenever bytes came.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What is wrong with the answer; null where all bytes are there.</returns>
    /// <exception cref="IOException">It broke off.</exception>
    public async Task<FetchFailure?> TakeAsync(FetchRequest asked, FetchAnswer answer, Action heard, CancellationToken stop)
    {
        if (answer.Failure is { } failure)
        {
            return failure.Kind == FetchFailureKind.Changed ? StartOver(failure.Reason) : failure;
        }

        if (FlawOf(asked, answer) is { } flaw)
        {
            return flaw;
        }

        _version = answer.Version ?? _version;
        ObjectLength = answer.ObjectLength;
        Modified = answer.Modified;
        long? promised = Least(answer.Length, asked.Length);
        if (_bytes.WrittenCount + promised > maxBytes)
        {
            return TooLarge($"{_bytes.WrittenCount + promised} bytes are");
        }

        long taken = 0;
        while (asked.Length is null || taken < asked.Length)
        {
            int most = (int)Math.Min(_buffer.Length, (asked.Length - taken) ?? _buffer.Length);
            int read = await answer.Body!.ReadAsync(_buffer.AsMemory(0, most), stop).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            if ((long)_bytes.WrittenCount + read > maxBytes)
            {
                return TooLarge("it is");
            }

            _bytes.Write(_buffer.AsSpan(0, read));
            taken += read;
            heard();
        }

        return taken < promised ? new FetchFailure(FetchFailureKind.Unanswered, $"the body broke off after {taken} of {promised} bytes") : null;
    }

    // An answer that is not to the question is a fault of the server's, or of what stands between.
    private FetchFailure? FlawOf(FetchRequest asked, FetchAnswer answer)
    {
        if (_version is not null && answer.Version is not null && answer.Version != _version)
        {
            return StartOver("it has changed since it was opened");
        }

        if (answer.Offset != asked.Offset)
        {
            if (answer.Offset != 0)
            {
                return Wrong($"bytes from {answer.Offset} on, where those from {asked.Offset} on were asked for");
            }

            // The whole, where a range was asked for. Where the range is only what was missing, the whole may be tried once more.
            _bytes.ResetWrittenCount();
            _version = request.Version;
            return request.Offset == 0 ? null : new FetchFailure(FetchFailureKind.Unsupported, "its server sends no ranges of bytes");
        }

        long? toEnd = answer.ObjectLength - asked.Offset;
        return answer.Length is not { } length ? null
            : length > toEnd ? Wrong($"{length} bytes from {asked.Offset} on of an object of {answer.ObjectLength}")
            : length < Least(asked.Length, toEnd) ? Wrong($"{length} bytes, where {Least(asked.Length, toEnd)} were asked for")
            : null;
    }

    private FetchFailure StartOver(string reason)
    {
        _bytes.ResetWrittenCount();
        bool isHeld = request.Version is not null;
        _version = request.Version;
        return new FetchFailure(isHeld ? FetchFailureKind.Changed : FetchFailureKind.Unanswered, isHeld ? reason : "it changed while it was fetched");
    }

    private FetchFailure TooLarge(string what) => new(FetchFailureKind.TooLarge, $"{what} over the limit of {maxBytes} bytes");

    private static FetchFailure Wrong(string what) => new(FetchFailureKind.Unanswered, $"the server sent {what}");

    private static long? Least(long? one, long? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);
}

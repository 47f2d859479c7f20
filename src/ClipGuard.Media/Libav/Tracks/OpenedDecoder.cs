using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>The decoder of a track, with or without threads. Owns its context.</summary>
/// <param name="session">The decode.</param>
/// <param name="stream">The stream, which has to live as long.</param>
/// <param name="decoder">Which decoder.</param>
/// <param name="isUncut">True leaves an encoder's delay and padding in.</param>
/// <param name="halvings">How often the sides of pictures are halved while they are decoded.</param>
internal sealed unsafe class OpenedDecoder(DecodeState session, AVStream* stream, AVCodec* decoder, bool isUncut, int halvings) : IDisposable
{
    private bool _isLimitedToOne;
    private bool _isOpen;

    /// <summary>The context; another one, and the one before is freed, once the number of threads has changed: not to be kept.</summary>
    public AVCodecContext* Context { get; private set; }

    /// <summary>How many frames are decoded at the same time, each in a thread of FFmpeg's own; 1 where there are no such threads.</summary>
    public int Threads { get; private set; } = 1;

    /// <summary>Opens it, without threads.</summary>
    public DecoderFault? Open() => Reopen(1);

    /// <summary>
    /// Opens it anew with threads, where it is one that may have them (<see cref="DecoderThreadPolicy"/>). Not where another decode of this process has some,
    /// since nobody could tell whose lines their log's are, nor after <see cref="GiveThreadsUp"/>. What it held is lost. Where the threads cannot be had it
    /// goes on without: limits on processes, and on memory, of which each takes a stack as large as <c>ulimit -s</c>, are not the clip's.
    /// </summary>
    /// <param name="count">How many; less than 1 is 1.</param>
    /// <returns>Why it is not open any more; null where it is. How many threads it has then, <see cref="Threads"/> says.</returns>
    public DecoderFault? UseThreads(int count)
    {
        int threads = Math.Max(1, count);
        if (threads == Threads || !MayHave(threads))
        {
            return null;
        }

        DecoderFault? fault = Reopen(threads);
        return fault is null || threads == 1 ? fault : GiveThreadsUp();
    }

    /// <summary>Opens it anew without threads, for good. What it held is lost, and so is what was refused for its size.</summary>
    public DecoderFault? GiveThreadsUp()
    {
        _isLimitedToOne = true;
        if (Threads == 1)
        {
            return null;
        }

        DecoderFault? fault = Reopen(1);
        session.ForgetRefusedSize();
        return fault;
    }

    /// <summary>Forgets what it holds, as before a jump and after it was drained.</summary>
    /// <exception cref="InsufficientMemoryException">
    /// It was open before and could not be opened anew. avcodec_flush_buffers does not look whether a context is open, and would end the process.
    /// </exception>
    public void Flush()
    {
        if (!_isOpen)
        {
            throw new InsufficientMemoryException("A decoder that was open could not be opened once more.");
        }

        ffmpeg.avcodec_flush_buffers(Context);
    }

    /// <summary>Frees it; once more does nothing.</summary>
    public void Dispose() => Free(keepsLinesOfThreads: false);

    // From here on the lines of threads in the log are this decode's, where it may have some.
    private bool MayHave(int threads) =>
        threads == 1 || (!_isLimitedToOne && DecoderThreadPolicy.Allows(decoder) && session.TryOwnLinesOfThreads());

    private DecoderFault? Reopen(int threads)
    {
        Free(keepsLinesOfThreads: threads > 1);
        Threads = threads;
        Context = ffmpeg.avcodec_alloc_context3(decoder);
        DecoderFault? fault = DecoderSetup.Open(session, stream, decoder, Context, isUncut, halvings, threads);
        _isOpen = fault is null;
        return fault;
    }

    private void Free(bool keepsLinesOfThreads)
    {
        bool hadThreads = Threads > 1;
        AVCodecContext* context = Context;
        ffmpeg.avcodec_free_context(&context);
        Context = null;
        _isOpen = false;
        Threads = 1;

        // Only once they have ended: until then they may log.
        if (hadThreads && !keepsLinesOfThreads)
        {
            session.DisownLinesOfThreads();
        }
    }
}

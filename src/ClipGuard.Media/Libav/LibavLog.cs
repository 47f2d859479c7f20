using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>
/// Passes FFmpeg's warnings and errors, line by line, to the marks of the decode that runs on the thread that logs them.
/// FFmpeg has one log callback for the whole process, and its own threads do not say for whom they work: their lines go to the one decode that uses such
/// threads (<see cref="TryOwnLinesOfThreads"/>), and are dropped where there is none.
/// </summary>
internal sealed unsafe class LibavLog : IDisposable
{
    private const int LineBytes = 512;

    // libavcodec says of a concealed frame at the level of information, and in a decoder thread the frame's flag may come too late for the frame that is given.
    private const string Concealing = "concealing %d DC";

    [ThreadStatic]
    private static LibavLog? _current;

    [ThreadStatic]
    private static bool _isMuted;

    private static LibavLog? _ownerOfThreads;

    private readonly Lock _lines = new();
    private readonly ProgressMarks _marks;
    private readonly LibavLog? _outer;
    private readonly HashSet<int> _streamsElsewhere = [];
    private string _last = string.Empty;
    private int _repeats;
    private int _continues = 1;
    private volatile int _linesOfThreads;
    private volatile int _damageOfThreads;

    /// <summary>Takes the thread's lines until it is disposed.</summary>
    public LibavLog(ProgressMarks marks)
    {
        _marks = marks;
        _outer = _current;
        _current = this;
    }

    /// <summary>
    /// Width and height that a picture claimed and FFmpeg refused. libavutil checks every size in one place (av_image_check_size2) before memory is
    /// allocated, and where a decoder refuses a picture, the log line of that check is the only thing that says its size.
    /// </summary>
    public (long Width, long Height)? RefusedSize { get; private set; }

    /// <summary>
    /// Streams of a QuickTime file whose samples lie in another file. libavformat does not open that file, says so in its log only,
    /// and gives no packet of the stream, as if it were damaged.
    /// </summary>
    public IReadOnlySet<int> StreamsElsewhere => _streamsElsewhere;

    /// <summary>True where the decoder of WebP skipped the pictures of an animation, which it cannot decode.</summary>
    public bool SkippedAnimation { get; private set; }

    /// <summary>How many messages of <see cref="DamageLogMessages"/> were logged.</summary>
    public int AdmittedDamage { get; private set; }

    /// <summary>How many warnings and errors came from FFmpeg's own threads, and how often one of them concealed damage.</summary>
    public int LinesOfThreads => _linesOfThreads;

    /// <summary>How many of <see cref="LinesOfThreads"/> say that the clip is damaged. They are not among <see cref="AdmittedDamage"/>.</summary>
    public int DamageOfThreads => _damageOfThreads;

    /// <summary>What was thrown while FFmpeg's lines were taken; see <see cref="DecodeState.KeepBug"/>.</summary>
    public ExceptionDispatchInfo? Bug { get; private set; }

    /// <summary>Makes this the process's log. Called once, when the libraries are loaded.</summary>
    public static void Install() => ffmpeg.av_log_set_callback(new av_log_set_callback_callback_func
    {
        Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int, byte*, byte*, void>)&Receive,
    });

    /// <summary>Drops the thread's lines until what it gives is disposed.</summary>
    public static MutedLog Mute() => new(_current);

    /// <summary>Takes the lines of FFmpeg's own threads until <see cref="DisownLinesOfThreads"/>; one decode of the process can at a time.</summary>
    /// <returns>False where another one does.</returns>
    public bool TryOwnLinesOfThreads() => Interlocked.CompareExchange(ref _ownerOfThreads, this, null) is var owner && (owner is null || owner == this);

    /// <summary>Gives them up, once the threads have ended; does nothing where they are another decode's.</summary>
    public void DisownLinesOfThreads() => Interlocked.CompareExchange(ref _ownerOfThreads, null, this);

    /// <summary>Forgets <see cref="RefusedSize"/>: the picture was not asked for.</summary>
    public void ForgetRefusedSize() => RefusedSize = null;

    public void Dispose()
    {
        DisownLinesOfThreads();
        FlushRepeats();
        _current = _outer;
    }

    /// <summary>A time in which the thread has no log.</summary>
    internal readonly ref struct MutedLog
    {
        private readonly LibavLog? _muted;

        public MutedLog(LibavLog? muted)
        {
            _muted = muted;
            (_current, _isMuted) = (null, true);
        }

        public void Dispose() => (_current, _isMuted) = (_muted, false);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Receive(void* source, int level, byte* format, byte* arguments)
    {
        bool isOfThread = _current is null;
        if ((level & 0xff) > (isOfThread ? ffmpeg.AV_LOG_INFO : ffmpeg.AV_LOG_WARNING) || (_current ?? OwnerOfThread) is not { } log)
        {
            return;
        }

        try
        {
            string message = Marshal.PtrToStringUTF8((nint)format) ?? string.Empty;
            if ((level & 0xff) <= ffmpeg.AV_LOG_WARNING || message.StartsWith(Concealing, StringComparison.Ordinal))
            {
                log.Take(source, level & 0xff, message, arguments, isOfThread);
            }
        }
#pragma warning disable CA1031 // It must not pass into native code; it is thrown when the decode is back.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            log.Bug ??= ExceptionDispatchInfo.Capture(bug);
        }
    }

    private static LibavLog? OwnerOfThread => _isMuted ? null : Volatile.Read(ref _ownerOfThreads);

    // Several of FFmpeg's threads may log at the same time.
    private void Take(void* source, int level, string message, byte* arguments, bool isOfThread)
    {
        lock (_lines)
        {
            bool admits = level > ffmpeg.AV_LOG_WARNING || DamageLogMessages.IsAdmittedIn(message);
            if (isOfThread)
            {
                _linesOfThreads++;
                _damageOfThreads += admits ? 1 : 0;
            }
            else
            {
                AdmittedDamage += admits ? 1 : 0;
            }

            Format(source, level, message, arguments);
        }
    }

    private void Format(void* source, int level, string message, byte* arguments)
    {
        byte* line = stackalloc byte[LineBytes];
        int printPrefix = _continues;
        ffmpeg.av_log_format_line2(source, level, message, arguments, line, LineBytes, &printPrefix);
        _continues = printPrefix;
        Take(WithoutAddress(Marshal.PtrToStringUTF8((nint)line) ?? string.Empty));
    }

    // "[mp3 @ 0x55d0c8a3f2c0] Header missing" differs from run to run only by the address.
    private static string WithoutAddress(string line)
    {
        line = line.TrimEnd();
        while (line.IndexOf(" @ 0x", StringComparison.Ordinal) is >= 0 and var start && line.IndexOf(']', start) is >= 0 and var end)
        {
            line = line.Remove(start, end - start);
        }

        return line;
    }

    private void Take(string line)
    {
        // Some messages of FFmpeg's end with a line that is a full stop.
        if (line.Length <= 1)
        {
            return;
        }

        if (line == _last)
        {
            _repeats++;
            return;
        }

        FlushRepeats();
        _last = line;
        _marks.Log(line);
        ReadRefusedSize(line);
        ReadStreamElsewhere(line);
        SkippedAnimation |= line.EndsWith("skipping unsupported chunk: ANMF", StringComparison.Ordinal);
    }

    private void FlushRepeats()
    {
        if (_repeats > 0)
        {
            _marks.Log($"  (the last line {_repeats} more times)");
            _repeats = 0;
        }
    }

    private void ReadStreamElsewhere(string line)
    {
        const string Words = "Skipped opening external track: stream ";
        int start = line.IndexOf(Words, StringComparison.Ordinal);
        int end = start < 0 ? -1 : line.IndexOf(',', start);
        if (end >= 0 && int.TryParse(line.AsSpan((start + Words.Length)..end), NumberStyles.None, CultureInfo.InvariantCulture, out int stream))
        {
            _streamsElsewhere.Add(stream);
        }
    }

    private void ReadRefusedSize(string line)
    {
        const string Words = "Picture size ";
        int start = line.IndexOf(Words, StringComparison.Ordinal);
        if (start < 0)
        {
            return;
        }

        ReadOnlySpan<char> size = line.AsSpan(start + Words.Length);
        int by = size.IndexOf('x');
        int end = by < 0 ? -1 : size.IndexOf(' ');
        if (end > by
            && long.TryParse(size[..by], NumberStyles.None, CultureInfo.InvariantCulture, out long width)
            && long.TryParse(size[(by + 1)..end], NumberStyles.None, CultureInfo.InvariantCulture, out long height))
        {
            RefusedSize = (width, height);
        }
    }
}

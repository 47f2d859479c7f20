using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Streams.Sessions;

/// <summary>The read end of a pipe that a tool writes its output to: drained always, so that the tool never waits for it, and kept only so far.</summary>
internal sealed unsafe class OutputTail : IDisposable
{
    private const int ReadBytes = 64 * 1024;

    // Well above what a pipe may hold for users without privileges (1 MiB, /proc/sys/fs/pipe-max-size).
    private const int MostThatAPipeHolds = 16 << 20;

    private readonly int _descriptor;
    private readonly byte[] _kept;
    private long _total;
    private bool _closed;

    /// <summary>A tail of a pipe's read end, which it owns.</summary>
    /// <param name="descriptor">The read end.</param>
    /// <param name="keptBytes">Bytes that are kept, from the end.</param>
    public OutputTail(int descriptor, int keptBytes)
    {
        _descriptor = descriptor;
        _kept = new byte[keptBytes];
        _ = Libc.Fcntl(descriptor, Libc.F_SETFL, Libc.O_NONBLOCK);
    }

    /// <summary>The read end.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Reads one buffer at most: a tool that floods must not hold up the clocks.</summary>
    /// <returns>Bytes read; 0 at the end, -1 where there is nothing now.</returns>
    public int Drain()
    {
        byte* buffer = stackalloc byte[ReadBytes];
        int read = (int)Libc.Read(_descriptor, buffer, ReadBytes);
        for (int taken = 0; taken < read;)
        {
            int at = (int)(_total % _kept.Length);
            int count = Math.Min(read - taken, _kept.Length - at);
            new ReadOnlySpan<byte>(buffer + taken, count).CopyTo(_kept.AsSpan(at));
            taken += count;
            _total += count;
        }

        return read;
    }

    /// <summary>Reads what is left once all writers are gone; bounded, should one be left that nobody could end.</summary>
    /// <returns>False where more came than a pipe can hold.</returns>
    public bool DrainRest()
    {
        for (int left = MostThatAPipeHolds / ReadBytes; left > 0; left--)
        {
            if (Drain() <= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Starts anew, for the next tool.</summary>
    public void Forget() => _total = 0;

    /// <summary>What was kept.</summary>
    public CapturedText Text()
    {
        bool cut = _total > _kept.Length;
        int split = cut ? (int)(_total % _kept.Length) : 0;
        byte[] ordered = [.. _kept.AsSpan(split, cut ? _kept.Length - split : (int)_total), .. _kept.AsSpan(0, split)];
        return new CapturedText(Encoding.UTF8.GetString(ordered), _total, cut);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _ = Libc.Close(_descriptor);
        }
    }
}

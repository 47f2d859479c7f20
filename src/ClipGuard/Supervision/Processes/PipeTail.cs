using System.Runtime.CompilerServices;
using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// The end of what a process wrote into a pipe. It is drained always, so that no process waits for a full pipe, and only the last bytes are kept.
/// The pipe's reading end belongs to whoever made it.
/// </summary>
internal sealed unsafe class PipeTail
{
    private const int ReadBytes = 64 * 1024;

    // Well above what a pipe may hold for users without privileges (1 MiB, /proc/sys/fs/pipe-max-size).
    private const int MostThatAPipeHolds = 16 << 20;

    private readonly byte[] _kept;
    private bool _ended;

    /// <summary>A tail of a pipe; from now on its reading end does not block.</summary>
    /// <param name="descriptor">The reading end.</param>
    /// <param name="keptBytes">Bytes that are kept, from the end.</param>
    public PipeTail(int descriptor, int keptBytes)
    {
        Descriptor = descriptor;
        _kept = new byte[keptBytes];
        _ = Libc.Fcntl(descriptor, Libc.F_SETFL, Libc.O_NONBLOCK);
    }

    /// <summary>The reading end.</summary>
    public int Descriptor { get; }

    /// <summary>Bytes that were written in all.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>True where more was written than is kept.</summary>
    public bool IsCut => TotalBytes > _kept.Length;

    /// <summary>Reads one buffer at most: a process that floods must not hold up the clocks.</summary>
    /// <returns>Bytes read; 0 once all writing ends are closed, negative where there is nothing now.</returns>
    [SkipLocalsInit]
    public int Drain()
    {
        if (_ended)
        {
            return 0;
        }

        byte* buffer = stackalloc byte[ReadBytes];
        int read = (int)Libc.Read(Descriptor, buffer, ReadBytes);
        for (int taken = 0; taken < read;)
        {
            int at = (int)(TotalBytes % _kept.Length);
            int count = Math.Min(read - taken, _kept.Length - at);
            new ReadOnlySpan<byte>(buffer + taken, count).CopyTo(_kept.AsSpan(at));
            taken += count;
            TotalBytes += count;
        }

        _ended = read == 0;
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

    /// <summary>What was written so far is no part of what comes.</summary>
    public void Forget()
    {
        _ = Drain();
        TotalBytes = 0;
    }

    /// <summary>What was kept.</summary>
    public string Text()
    {
        int split = IsCut ? (int)(TotalBytes % _kept.Length) : 0;
        byte[] ordered = [.. _kept.AsSpan(split, IsCut ? _kept.Length - split : (int)TotalBytes), .. _kept.AsSpan(0, split)];
        return Encoding.UTF8.GetString(ordered);
    }

    /// <summary>The lines that were kept, oldest first.</summary>
    public string[] Lines() => Text().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

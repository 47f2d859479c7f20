using System.Runtime.CompilerServices;
using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Helpers;

/// <summary>The end of what a helper wrote to its standard error. Drained always, so that no helper waits for a full pipe, and bounded.</summary>
internal sealed unsafe class StandardErrorTail(int descriptor)
{
    private const int KeptBytes = 4096;
    private const int ReadBytes = 64 * 1024;

    private readonly byte[] _kept = new byte[KeptBytes];
    private int _length;
    private bool _nonBlocking;
    private bool _ended;

    /// <summary>Reads what is there, one buffer at most: a helper that floods must not hold up the clocks.</summary>
    /// <returns>False once the helper's end is closed.</returns>
    [SkipLocalsInit]
    public bool Drain()
    {
        if (_ended)
        {
            return false;
        }

        if (!_nonBlocking)
        {
            _ = Libc.Fcntl(descriptor, Libc.F_SETFL, Libc.O_NONBLOCK);
            _nonBlocking = true;
        }

        byte* buffer = stackalloc byte[ReadBytes];
        nint read = Libc.Read(descriptor, buffer, ReadBytes);
        if (read > 0)
        {
            Keep(new ReadOnlySpan<byte>(buffer, (int)read));
        }

        _ended = read == 0;
        return !_ended;
    }

    /// <summary>What was written so far is no part of what comes.</summary>
    public void Forget()
    {
        _ = Drain();
        _length = 0;
    }

    /// <summary>The lines that were kept, oldest first.</summary>
    public string[] Lines() =>
        Encoding.UTF8.GetString(_kept, 0, _length).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void Keep(ReadOnlySpan<byte> text)
    {
        text = text.Length > KeptBytes ? text[^KeptBytes..] : text;
        int stay = Math.Min(_length, KeptBytes - text.Length);
        _kept.AsSpan(_length - stay, stay).CopyTo(_kept);
        text.CopyTo(_kept.AsSpan(stay));
        _length = stay + text.Length;
    }
}

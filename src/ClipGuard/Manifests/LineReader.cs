namespace ClipGuard.Manifests;

/// <summary>
/// Cuts a file into lines. Holds one buffer, which grows with the longest line up to the limit and is given back after it;
/// what goes over the limit is counted and thrown away while it is read.
/// </summary>
internal sealed class LineReader : IDisposable
{
    private const int UsualBufferBytes = 128 * 1024;
    private const int KeptBufferBytes = 2 * 1024 * 1024;
    private const byte LineFeed = (byte)'\n';

    private readonly FileStream _file;
    private readonly string _path;
    private readonly int _maxLineBytes;

    private byte[] _buffer = new byte[UsualBufferBytes];
    private int _start;      // first byte of the line at hand
    private int _scanned;    // bytes before this one hold no line feed after _start
    private int _end;        // first byte not yet read
    private long _position;  // of _buffer[0] in the file
    private long _discarded; // bytes of an overlong line that are gone already
    private long _number;
    private bool _atStart = true;
    private bool _atEnd;

    private LineReader(FileStream file, string path, int maxLineBytes)
    {
        _file = file;
        _path = path;
        _maxLineBytes = maxLineBytes;
    }

    /// <exception cref="ManifestException">The file is not there or not readable.</exception>
    public static LineReader Open(string path, int maxLineBytes)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new ManifestException($"The manifest {path} is a folder; name a file.");
            }

            return new LineReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0), path, maxLineBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string why = error is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : $"cannot be read: {error.Message}";
            throw new ManifestException($"The manifest {path} {why}.", error);
        }
    }

    /// <summary>Reads on. Call it when <see cref="TryRead"/> has no more lines.</summary>
    /// <returns>False once every line has been read.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_atEnd)
        {
            return false;
        }

        MakeRoom();
        int read;
        try
        {
            read = await _file.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ManifestException($"The manifest {_path} cannot be read at byte {_position + _end}: {error.Message}", error);
        }

        _end += read;
        _atEnd = read == 0;
        if (_atStart && (_atEnd || _end >= FileSignature.EnoughBytes))
        {
            _atStart = false;
            _start = _scanned = FileSignature.SkipByteOrderMark(_buffer.AsSpan(0, _end), _path);
        }

        return true;
    }

    /// <summary>Takes the next line out of what was read.</summary>
    /// <returns>False where no whole line is left; the last line of a file needs no line feed.</returns>
    public bool TryRead(out TextLine line)
    {
        line = default;
        if (_atStart)
        {
            return false;
        }

        int found = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf(LineFeed);
        bool ended = found >= 0;
        bool isLast = _atEnd && _start < _end;
        if (!ended && !isLast)
        {
            _scanned = _end;
            return false;
        }

        int next = ended ? _scanned + found + 1 : _end;
        ReadOnlyMemory<byte> raw = _buffer.AsMemory(_start, next - _start);
        long length = _discarded + LengthWithoutEnding(raw.Span);
        line = new TextLine(++_number, _position + _start - _discarded, length > _maxLineBytes ? default : raw, length);
        _start = _scanned = next;
        _discarded = 0;
        return true;
    }

    public void Dispose() => _file.Dispose();

    private static int LengthWithoutEnding(ReadOnlySpan<byte> raw)
    {
        int length = raw.Length;
        if (length > 0 && raw[length - 1] == LineFeed)
        {
            length--;
            if (length > 0 && raw[length - 1] == (byte)'\r')
            {
                length--;
            }
        }

        return length;
    }

    private void MakeRoom()
    {
        int held = _end - _start;
        if (_discarded > 0 || held > _maxLineBytes + 2L)
        {
            // No line this long is kept: count it and drop it. The last byte stays, it may be the CR of a CRLF.
            int dropped = Math.Max(0, held - 1);
            _discarded += dropped;
            _start += dropped;
            held -= dropped;
        }

        byte[] target = held >= _buffer.Length / 2 ? new byte[Math.Min(2L * _buffer.Length, Array.MaxLength)]
            : _buffer.Length > KeptBufferBytes && held < UsualBufferBytes / 2 ? new byte[UsualBufferBytes]
            : _buffer;
        Buffer.BlockCopy(_buffer, _start, target, 0, held);
        _buffer = target;
        _position += _start;
        _scanned = Math.Max(_scanned - _start, 0);
        _start = 0;
        _end = held;
    }
}

using System.Security.Cryptography;

using ClipGuard.Fetching;
using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>
/// Cuts a file into lines, or a JSON array into its elements, which are its lines then. It has one buffer, which grows for a long line up to the limit and
/// shrinks afterwards. The bytes of a line over the limit are counted and dropped as they are read.
/// </summary>
internal sealed class LineReader : IDisposable
{
    private const int UsualBufferBytes = 512 * 1024;
    private const int KeptBufferBytes = 2 * 1024 * 1024;
    private const byte LineFeed = (byte)'\n';

    private readonly string _path;
    private readonly int _maxLineBytes;
    private readonly byte? _quote;
    private readonly bool _mayBeArray;

    private byte[] _buffer = new byte[UsualBufferBytes];
    private int _start;      // first byte of the current line
    private int _scanned;    // bytes before this one hold no line feed after _start
    private int _end;        // first byte not yet read
    private long _position;  // of _buffer[0] in the file
    private long _discarded; // bytes of an overlong line that were dropped
    private long _number;
    private bool _quoted;    // inside a quoted cell at _scanned
    private int _breaks;     // line feeds inside quoted cells of the current line
    private bool _atStart = true;
    private bool _atEnd;
    private JsonArrayScan? _array; // null for lines
    private bool _endIsTold; // of an array without its last bracket
    private readonly ManifestFiles? _remote; // null for what is at a path
    private Stream? _file; // null while a pipe, or what is at an address, has not been opened

    private LineReader(FileStream? file, string path, ManifestFiles? remote, int maxLineBytes, byte? quote, JsonArrayScan? array, bool mayBeArray)
    {
        _remote = remote;
        _array = array;
        _mayBeArray = mayBeArray;
        _quote = quote;
        _file = file;
        IsPipe = file is null && remote is null;
        _path = path;
        _maxLineBytes = maxLineBytes;
    }

    /// <summary>The file.</summary>
    public string Path => _path;

    /// <summary>True for what is no regular file, such as a FIFO: it is read once, as it comes, and may keep its reader waiting for ever.</summary>
    public bool IsPipe { get; }

    /// <summary>True for what lies at an address.</summary>
    public bool IsRemote => _remote is not null;

    /// <summary>Whether the file is read as a JSON array; known once <see cref="FillAsync"/> has read its first bytes.</summary>
    public bool IsArray => _array is not null;

    /// <summary>Whether the file begins with a byte order mark, which is no part of its first line; known once its first bytes were read.</summary>
    public bool HasByteOrderMark { get; private set; }

    /// <summary>A hash to which every byte that is read is added; null for none.</summary>
    public IncrementalHash? Hash { get; set; }

    /// <summary>Bytes read from the file so far.</summary>
    public long Position => _position + _end;

    /// <summary>Where the line begins that is read next.</summary>
    public RowBoundary Next => new(_position + _start - _discarded, _number);

    /// <param name="path">The file. At an address it is opened when it is read.</param>
    /// <param name="maxLineBytes">Longest line that is kept.</param>
    /// <param name="quote">The quote of cells that may contain line feeds; null where every line feed ends a line.</param>
    /// <param name="array">For a file that is one JSON array; otherwise null.</param>
    /// <param name="mayBeArray">Whether what begins as a JSON array is read as one; otherwise it is refused.</param>
    /// <param name="from">Where to begin: before a line, or an element of the array that has begun by then. Default: the file's start.</param>
    /// <param name="files">Opens what is at an address; null where that is none.</param>
    /// <exception cref="ManifestException">The file is not there or not readable.</exception>
    public static LineReader Open(
        string path,
        int maxLineBytes,
        byte? quote = null,
        JsonArrayScan? array = null,
        bool mayBeArray = false,
        RowBoundary from = default,
        ManifestFiles? files = null)
    {
        if (Addresses.Is(path) && files is not null)
        {
            var remote = new LineReader(null, path, files, maxLineBytes, quote, array, mayBeArray);
            remote.Begin(from);
            return remote;
        }

        try
        {
            if (Directory.Exists(path))
            {
                throw new ManifestException($"The manifest {path} is a folder; name a file.");
            }

            bool regular = FileFacts.OfPath(path, out FileFacts facts) is not null || facts.WhyNotRegular is null;
            var reader = new LineReader(regular ? OpenFile(path) : null, path, null, maxLineBytes, quote, array, mayBeArray);
            reader.Begin(from);
            return reader;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw error is FileNotFoundException or DirectoryNotFoundException
                ? new ManifestException($"The manifest {path} does not exist.", error)
                : ManifestException.Refused($"The manifest {path} cannot be read", error);
        }
    }

    /// <summary>Reads more of the file. To be called when <see cref="TryRead"/> has no more lines.</summary>
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
            _file ??= _remote is null ? null : await OpenRemoteAsync(_remote, cancellation).ConfigureAwait(false);
            read = IsPipe
                ? await ReadPipeAsync(cancellation).ConfigureAwait(false)
                : await _file!.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The manifest {ManifestFiles.Shown(_path)} cannot be read at byte {Position}", error);
        }

        Hash?.AppendData(_buffer, _end, read);
        _end += read;
        _atEnd = read == 0;
        if (_atStart && (_atEnd || _end >= JsonFileSniffer.EnoughBytes))
        {
            _atStart = false;
            _array ??= _mayBeArray && JsonFileSniffer.IsArray(_buffer.AsSpan(0, _end)) ? new JsonArrayScan() : null;
            _start = _scanned = JsonFileSniffer.SkipByteOrderMark(_buffer.AsSpan(0, _end), ManifestFiles.Shown(_path), isArray: IsArray);
            HasByteOrderMark = _start > 0;
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

        bool ended = _array is null ? FindLineFeed() : FindElementEnd(_array);
        bool isLast = !ended && _atEnd && (_array is null ? _start < _end : IsBehindElements(_array));
        if (!ended && !isLast)
        {
            return false;
        }

        int next = ended ? _scanned : _end;
        ReadOnlyMemory<byte> raw = _buffer.AsMemory(_start, next - _start);
        long length = _discarded + TextLine.LengthWithoutEnding(raw.Span);
        line = new TextLine(_number + 1, _position + _start - _discarded, length > _maxLineBytes ? default : raw, length);
        _number += 1 + _breaks;
        _start = _scanned = next;
        _discarded = _breaks = 0;
        _quoted = false;
        return true;
    }

    /// <summary>
    /// Takes the next line out of what was read where its place alone says all of it: one that does not begin with white space and ends with a line feed, of no
    /// array, table or cell. Any other is left to <see cref="TryRead"/>. For those who pass over millions of lines.
    /// </summary>
    public bool TryReadEntry(out RowIndexEntry place)
    {
        place = default;
        if (_atStart || _array is not null || _quote is not null || _discarded > 0 || _start != _scanned)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        int length = rest.IndexOf(LineFeed) + 1;
        if (length == 0 || length > _maxLineBytes || rest[0] <= (byte)' ')
        {
            return false;
        }

        place = new RowIndexEntry(_position + _start, length, checked((int)++_number));
        _start = _scanned = _start + length;
        return true;
    }

    /// <summary>Opens what lies at an address to read it at any place: the same object as is read here.</summary>
    /// <exception cref="ManifestException">It cannot be read.</exception>
    public async Task<RandomAccessFile> OpenPositionsAsync(CancellationToken cancellation)
    {
        try
        {
            return await _remote!.OpenPositionsAsync(_path, cancellation).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw ManifestException.Refused($"The manifest {ManifestFiles.Shown(_path)} cannot be read", error);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Begin(RowBoundary from)
    {
        if (from.Offset > 0)
        {
            (_position, _number, _atStart) = (from.Offset, from.LinesBefore, false);
            if (_file is not null)
            {
                _file.Position = from.Offset;
            }
        }
    }

    private async Task<Stream> OpenRemoteAsync(ManifestFiles remote, CancellationToken cancellation)
    {
        Stream file = await remote.OpenAsync(_path, cancellation).ConfigureAwait(false);
        file.Position = _position;
        return file;
    }

    private static FileStream OpenFile(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    // Opening a FIFO waits for a writer and reading it for what is written, neither of which can be broken off. Whoever leaves a read leaves this reader.
    private async Task<int> ReadPipeAsync(CancellationToken cancellation)
    {
        _file ??= await AbandonableRead.RunAsync(() => Task.FromResult(OpenFile(_path)), cancellation).ConfigureAwait(false);
        return await AbandonableRead.RunAsync(() => _file.ReadAsync(_buffer.AsMemory(_end), CancellationToken.None).AsTask(), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Moves <see cref="_scanned"/> behind the next line feed that ends a line, or to the end of what was read.</summary>
    private bool FindLineFeed()
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_scanned, _end - _scanned);
            int found = rest.IndexOf(LineFeed);
            if (_quote is { } quote)
            {
                _quoted ^= rest[..(found < 0 ? rest.Length : found)].Count(quote) % 2 != 0;
            }

            if (found < 0)
            {
                _scanned = _end;
                return false;
            }

            _scanned += found + 1;
            if (!_quoted)
            {
                return true;
            }

            _breaks++;
        }
    }

    private bool FindElementEnd(JsonArrayScan array)
    {
        int found = array.FindEnd(_buffer.AsSpan(_scanned, _end - _scanned));
        _scanned = found < 0 ? _end : _scanned + found;
        return found >= 0;
    }

    // Whether the file's end is a line of its own: an array that was cut off has one, even where nothing follows its last comma.
    private bool IsBehindElements(JsonArrayScan array)
    {
        bool isUnended = array.IsOpen && !_endIsTold;
        _endIsTold |= isUnended;
        return isUnended || _buffer.AsSpan(_start, _end - _start).IndexOfAnyExcept(" \t\r\n"u8) >= 0;
    }

    private void MakeRoom()
    {
        int held = _end - _start;
        if (_discarded > 0 || held > _maxLineBytes + 2L)
        {
            // A line over the limit: its bytes are counted and dropped, except for the last one, which may be the CR of a CRLF.
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

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClipGuard.Verdicts;

/// <summary>
/// Reads a file of lines that somebody may be appending to, or may have died while appending to: only lines that end count, and one that is no JSON is passed
/// over.
/// </summary>
internal sealed class StoreFileReader : IDisposable
{
    private readonly FileStream _file;
    private byte[] _buffer = new byte[1 << 18];
    private int _begin;
    private int _end;
    private long _offset;

    /// <param name="path">The file.</param>
    public StoreFileReader(string path) =>
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Where the last line began.</summary>
    public long LineOffset { get; private set; }

    /// <summary>Takes the next line, without its end; false at the end of the last whole line.</summary>
    public bool Read(out ReadOnlySpan<byte> line)
    {
        int searched = _begin;
        while (true)
        {
            int length = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_begin, searched + length - _begin);
                LineOffset = _offset;
                _offset += line.Length + 1;
                _begin += line.Length + 1;
                return true;
            }

            searched = _end;
            if (_begin > 0)
            {
                _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
                (searched, _end, _begin) = (searched - _begin, _end - _begin, 0);
            }
            else if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            int read = _file.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                line = default;
                return false;
            }

            _end += read;
        }
    }

    /// <summary>The value of a line; null where it is none.</summary>
    public static T? Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> layout)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, layout);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a file is one of this version.</summary>
    public static bool IsOfThisVersion(string path)
    {
        using var file = new StoreFileReader(path);
        return file.Read(out ReadOnlySpan<byte> first) && Parse(first, VerdictLayout.Lines.StoreHeader) is { Version: StoreHeader.CurrentVersion };
    }

    /// <summary>The lines of a file, without its header and those that are none; none of a file of another version.</summary>
    public static IEnumerable<StoreLine> ReadLines(string path)
    {
        using var file = new StoreFileReader(path);
        bool isFirst = true;
        while (file.Next(ref isFirst, out StoreLine? line))
        {
            if (line is not null)
            {
                yield return line;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private bool Next(ref bool isFirst, out StoreLine? line)
    {
        line = null;
        if (!Read(out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        if (isFirst)
        {
            isFirst = false;
            return Parse(bytes, VerdictLayout.Lines.StoreHeader) is { Version: StoreHeader.CurrentVersion };
        }

        line = Parse(bytes, VerdictLayout.Lines.StoreLine);
        return true;
    }
}

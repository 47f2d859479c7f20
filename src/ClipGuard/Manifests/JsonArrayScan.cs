using System.Buffers;

namespace ClipGuard.Manifests;

/// <summary>
/// Finds where the elements of a JSON array end, without parsing them: at a comma or the bracket of the array itself. The text may come in pieces. A
/// bracket that is missing within an element makes it longer than it was meant to be, and so no JSON.
/// </summary>
internal sealed class JsonArrayScan
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"[]{},"u8);

    private int _depth;
    private bool _inString;
    private bool _isEscaped;

    /// <summary>A scan that begins between two elements of an array.</summary>
    public static JsonArrayScan WithinArray() => new() { _depth = 1 };

    /// <summary>True while the array has begun and has not ended.</summary>
    public bool IsOpen => _depth > 0;

    /// <summary>Goes on to the next element's end.</summary>
    /// <returns>Bytes up to that end, with the comma or bracket; -1 where it is not in this piece.</returns>
    public int FindEnd(ReadOnlySpan<byte> piece)
    {
        int at = 0;
        while (at < piece.Length)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
                at++;
                continue;
            }

            int found = _inString ? piece[at..].IndexOfAny((byte)'"', (byte)'\\') : piece[at..].IndexOfAny(Structure);
            if (found < 0)
            {
                break;
            }

            at += found + 1;
            if (IsEnd(piece[at - 1]))
            {
                return at;
            }
        }

        return -1;
    }

    private bool IsEnd(byte found)
    {
        switch (found)
        {
            case (byte)'"':
                _inString = !_inString;
                return false;
            case (byte)'\\':
                _isEscaped = true;
                return false;
            case (byte)'[' or (byte)'{':
                _depth++;
                return false;
            case (byte)'}':
                // One too many belongs to its element, and does not end the array.
                _depth -= _depth > 1 ? 1 : 0;
                return false;
            case (byte)']':
                _depth -= IsOpen ? 1 : 0;
                return _depth == 0;
            default:
                return _depth == 1;
        }
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Text;

using ClipGuard.Runs;
using ClipGuard.Verdicts;

namespace ClipGuard.DryRuns;

/// <summary>
/// The clips of recorded rows that have a verdict, each where it is named first: <c>clips.seen</c>. A run that goes on decodes none of them again where it is
/// named once more, and from those of all shards a merge knows how many clips are named in several.
/// </summary>
/// <param name="Key">What the clip is called within the run; of it 64 bits count.</param>
/// <param name="IsFromStore">Whether the verdict store had its verdict.</param>
/// <param name="FaultOffset">Of a bad clip: where its record begins in <c>faults.jsonl</c>.</param>
/// <param name="FaultBytes">Bytes of that record; 0 for a good clip.</param>
internal readonly record struct SeenClipRecord(ulong Key, bool IsFromStore = false, long FaultOffset = 0, int FaultBytes = 0)
{
    private const int KeyDigits = 16;
    private const char StoreMark = 's';

    /// <summary>What the clip is called, for <see cref="CompactHashSet"/>.</summary>
    public UInt128 Hash => (UInt128)Key << 64;

    /// <summary>The half of a clip's name that counts.</summary>
    public static ulong KeyOf(UInt128 key) => (ulong)(key >> 64);

    /// <summary>Adds a line: the key, <c>s</c> for a verdict from the store, and of a bad clip the place of its record.</summary>
    public void AppendTo(WholeLineFile file)
    {
        Span<byte> line = stackalloc byte[KeyDigits + 1 + 1 + (2 * 20) + 2 + 1];
        Utf8Formatter.TryFormat(Key, line, out int end, new System.Buffers.StandardFormat('x', KeyDigits));
        if (IsFromStore)
        {
            line[end++] = (byte)StoreMark;
        }

        if (FaultBytes > 0)
        {
            line[end++] = (byte)' ';
            Utf8Formatter.TryFormat(FaultOffset, line[end..], out int digits);
            end += digits;
            line[end++] = (byte)' ';
            Utf8Formatter.TryFormat(FaultBytes, line[end..], out digits);
            end += digits;
        }

        line[end++] = (byte)'\n';
        file.Append(line[..end]);
    }

    /// <summary>Reads a file of them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">How much of it.</param>
    /// <exception cref="OutputException">It cannot be read.</exception>
    public static IEnumerable<SeenClipRecord> Read(string path, long bytes)
    {
        using StreamReader lines = Open(path);
        for (long left = bytes; left > 0 && lines.ReadLine() is { } line; left -= line.Length + 1)
        {
            yield return Parse(line, path);
        }
    }

    private static SeenClipRecord Parse(string line, string path)
    {
        if (line.Length < KeyDigits || !ulong.TryParse(line.AsSpan(0, KeyDigits), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong key))
        {
            throw new OutputException($"{path} holds a line that is none of its: start over (--fresh)");
        }

        if (line.Length == KeyDigits)
        {
            return new SeenClipRecord(key);
        }

        string[] place = line[KeyDigits..].Split(' ');
        return new SeenClipRecord(
            key,
            place[0].Length > 0,
            place.Length > 2 ? long.Parse(place[1], CultureInfo.InvariantCulture) : 0,
            place.Length > 2 ? int.Parse(place[2], CultureInfo.InvariantCulture) : 0);
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path, Encoding.ASCII, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw new OutputException($"{path} cannot be read ({error.Message}): start over (--fresh)", error);
        }
    }
}

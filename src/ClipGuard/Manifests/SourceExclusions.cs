using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ClipGuard.Manifests;

/// <summary>The rows of one source that are left out: lines, and digests of keys, each with the digest of a bad clip of the row. Sorted.</summary>
internal sealed class SourceExclusions
{
    private readonly long[] _lines;
    private readonly uint[] _clipsOfLines;
    private readonly UInt128[] _keys;
    private readonly uint[] _clipsOfKeys;

    private SourceExclusions(long[] lines, uint[] clipsOfLines, UInt128[] keys, uint[] clipsOfKeys)
    {
        _lines = lines;
        _clipsOfLines = clipsOfLines;
        _keys = keys;
        _clipsOfKeys = clipsOfKeys;
    }

    public int Count => _lines.Length + _keys.Length;

    /// <summary>Lines, ascending and each once.</summary>
    public ReadOnlySpan<long> Lines => _lines;

    /// <summary>Whether a row is named.</summary>
    /// <param name="location">Where it stands; in this source.</param>
    /// <param name="clip">The digest of one of its clips that was bad; 0 where none was named.</param>
    public bool Contains(RowLocation location, out uint clip)
    {
        clip = 0;
        if (location.Key is { } key)
        {
            int found = _keys.Length == 0 ? -1 : Array.BinarySearch(_keys, ExclusionDigest.OfKey(key));
            clip = found < 0 ? 0 : _clipsOfKeys[found];
            return found >= 0;
        }

        int at = Array.BinarySearch(_lines, location.Line);
        clip = at < 0 ? 0 : _clipsOfLines[at];
        return at >= 0;
    }

    /// <summary>Adds what is named, and nothing else, to a hash.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        hash.AppendData(BitConverter.GetBytes((long)_lines.Length));
        hash.AppendData(MemoryMarshal.AsBytes(_lines.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(_keys.AsSpan()));
    }

    /// <summary>The rows of several names of one source.</summary>
    public static SourceExclusions Join(IReadOnlyList<SourceExclusions> parts)
    {
        if (parts is [var only])
        {
            return only;
        }

        var all = new Builder();
        foreach (SourceExclusions part in parts)
        {
            all.Add(part);
        }

        return all.Build();
    }

    /// <summary>Gathers rows in any order.</summary>
    internal sealed class Builder
    {
        private readonly List<long> _lines = [];
        private readonly List<uint> _clipsOfLines = [];
        private readonly List<UInt128> _keys = [];
        private readonly List<uint> _clipsOfKeys = [];

        public void Add(NamedRow row)
        {
            if (row.Line > 0)
            {
                _lines.Add(row.Line);
                _clipsOfLines.Add(row.Clip);
            }
            else
            {
                _keys.Add(row.Key);
                _clipsOfKeys.Add(row.Clip);
            }
        }

        public void Add(SourceExclusions places)
        {
            _lines.AddRange(places._lines);
            _clipsOfLines.AddRange(places._clipsOfLines);
            _keys.AddRange(places._keys);
            _clipsOfKeys.AddRange(places._clipsOfKeys);
        }

        public SourceExclusions Build()
        {
            (long[] lines, uint[] clipsOfLines) = Sorted(_lines, _clipsOfLines);
            (UInt128[] keys, uint[] clipsOfKeys) = Sorted(_keys, _clipsOfKeys);
            return new SourceExclusions(lines, clipsOfLines, keys, clipsOfKeys);
        }

        private static (T[] Names, uint[] Clips) Sorted<T>(List<T> names, List<uint> clips)
            where T : IEquatable<T>
        {
            T[] sorted = [.. names];
            uint[] clipsOf = [.. clips];
            Array.Sort(sorted, clipsOf);
            int kept = 0;
            for (int i = 0; i < sorted.Length; i++)
            {
                if (kept > 0 && sorted[i].Equals(sorted[kept - 1]))
                {
                    continue;
                }

                (sorted[kept], clipsOf[kept]) = (sorted[i], clipsOf[i]);
                kept++;
            }

            Array.Resize(ref sorted, kept);
            Array.Resize(ref clipsOf, kept);
            return (sorted, clipsOf);
        }
    }
}

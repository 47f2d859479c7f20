using System.Buffers;

using ClipGuard.Media;

using Microsoft.Win32.SafeHandles;

namespace ClipGuard.Verdicts;

/// <summary>
/// Where a store's files say what good clips are: sixteen bytes for each, of at most four million clips. First all are added, then they are asked for, by one
/// thread at a time.
/// </summary>
internal sealed class TrackFactsIndex : IDisposable
{
    /// <summary>Most clips of which the place is kept. Of others no facts are told.</summary>
    public const int Most = 4_000_000;

    // Of a place the upper bits are the file's number and the lower ones the offset in it, a terabyte at most.
    private const int OffsetBits = 40;
    private const int MostFiles = 1 << (64 - OffsetBits - 1);
    private const int UsualLineBytes = 1 << 10;
    private const int LongestLineBytes = 1 << 16;

    private readonly List<string> _files = [];
    private ulong[] _keys = [];
    private ulong[] _places = [];
    private int _count;
    private int _openFile = -1;
    private SafeFileHandle? _open;

    /// <summary>Keeps where a clip's line begins.</summary>
    public void Add(UInt128 key, string file, long offset)
    {
        if (_files.Count == 0 || _files[^1] != file)
        {
            _files.Add(file);
        }

        if (_count == Most || _files.Count > MostFiles || offset >> OffsetBits != 0)
        {
            return;
        }

        if (_count == _keys.Length)
        {
            int larger = Math.Min(Most, Math.Max(1024, _count * 2));
            Array.Resize(ref _keys, larger);
            Array.Resize(ref _places, larger);
        }

        _keys[_count] = (ulong)key;
        _places[_count++] = ((ulong)(_files.Count - 1) << OffsetBits) | (ulong)offset;
    }

    /// <summary>All are added.</summary>
    public void Freeze()
    {
        Array.Resize(ref _keys, _count);
        Array.Resize(ref _places, _count);
        Array.Sort(_keys, _places);
    }

    /// <summary>The facts of a clip; null where they are not known, or not there any more.</summary>
    public TrackFacts? Find(UInt128 key)
    {
        int found = Array.BinarySearch(_keys, (ulong)key);
        if (found < 0)
        {
            return null;
        }

        int file = (int)(_places[found] >> OffsetBits);
        try
        {
            if (_openFile != file)
            {
                _open?.Dispose();
                _open = null;
                _openFile = -1;
                _open = File.OpenHandle(_files[file], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                _openFile = file;
            }

            long offset = (long)(_places[found] & ((1UL << OffsetBits) - 1));
            return Read(_open!, offset, UsualLineBytes) ?? Read(_open!, offset, LongestLineBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    private static TrackFacts? Read(SafeFileHandle file, long offset, int most)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            Span<byte> bytes = buffer.AsSpan(0, RandomAccess.Read(file, buffer.AsSpan(0, most), offset));
            int end = bytes.IndexOf((byte)'\n');
            return end < 0 ? null : StoreFileReader.Parse(bytes[..end], VerdictLayout.Lines.StoreLine)?.Facts;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

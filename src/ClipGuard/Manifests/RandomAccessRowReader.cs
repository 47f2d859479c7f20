using System.Collections.Concurrent;

using ClipGuard.Fetching;

namespace ClipGuard.Manifests;

/// <summary>Reads rows of a text file in any order, each by its byte offset and length, from any thread.</summary>
/// <param name="path">The file.</param>
/// <param name="file">The same file, open; it stays the caller's.</param>
/// <param name="length">Its length when the places were noted, or at least up to the last of them.</param>
/// <param name="newReader">Makes a reader for one thread.</param>
internal sealed class RandomAccessRowReader(string path, RandomAccessFile file, long length, Func<ITextRowParser> newReader)
{
    private readonly ConcurrentBag<ITextRowParser> _readers = [];

    /// <summary>Reads a row.</summary>
    /// <exception cref="ManifestException">The file has changed since its place was noted.</exception>
    public ManifestRow Read(RowIndexEntry address)
    {
        if (!_readers.TryTake(out ITextRowParser? reader))
        {
            reader = newReader();
        }

        try
        {
            return address.Length < 0
                ? reader.Read(new TextLine(address.Line, address.Offset, default, -address.Length))!
                : reader.Read(Load(address, reader)) ?? throw Changed();
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    private TextLine Load(RowIndexEntry address, ITextRowParser reader)
    {
        byte[] raw = new byte[address.Length];
        try
        {
            if (file.Read(raw, address.Offset) < raw.Length)
            {
                throw Changed();
            }
        }
        catch (FetchException error)
        {
            throw ManifestException.Refused($"The manifest {ManifestFiles.Shown(path)} cannot be read at byte {address.Offset}", error);
        }

        // In the file as it was every line ends as it should, except possibly the last one. Where this one does not, the file has changed.
        bool endsAsBefore = address.Offset + raw.Length == length || reader.EndsWith(raw[^1]);
        return endsAsBefore ? TextLine.Of(address.Line, address.Offset, raw) : throw Changed();
    }

    private ManifestException Changed() => new($"The manifest {ManifestFiles.Shown(path)} has changed since it was indexed; start again with the new one.");
}

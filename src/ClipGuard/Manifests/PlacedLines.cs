using System.Collections.Concurrent;

using Microsoft.Win32.SafeHandles;

namespace ClipGuard.Manifests;

/// <summary>Reads rows of a text file by their places, from any thread.</summary>
/// <param name="path">The file.</param>
/// <param name="file">The same file, open; it stays the caller's.</param>
/// <param name="length">Its length when the places were noted, or at least up to the last of them.</param>
/// <param name="newReader">Makes a reader for one thread.</param>
internal sealed class PlacedLines(string path, SafeFileHandle file, long length, Func<ITextRowReader> newReader)
{
    private readonly ConcurrentBag<ITextRowReader> _readers = [];

    /// <summary>Reads a row.</summary>
    /// <exception cref="ManifestException">The file has changed since its place was noted.</exception>
    public ManifestRow Read(RowAddress address)
    {
        if (!_readers.TryTake(out ITextRowReader? reader))
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

    private TextLine Load(RowAddress address, ITextRowReader reader)
    {
        byte[] raw = new byte[address.Length];
        int filled = 0;
        while (filled < raw.Length)
        {
            int read = RandomAccess.Read(file, raw.AsSpan(filled), address.Offset + filled);
            if (read == 0)
            {
                throw Changed();
            }

            filled += read;
        }

        // In the file as it was every line ends as it should, except possibly the last one. Where this one does not, the file has changed.
        bool endsAsBefore = address.Offset + raw.Length == length || reader.EndsWith(raw[^1]);
        return endsAsBefore ? TextLine.Of(address.Line, address.Offset, raw) : throw Changed();
    }

    private ManifestException Changed() => new($"The manifest {path} has changed since it was indexed; start again with the new one.");
}

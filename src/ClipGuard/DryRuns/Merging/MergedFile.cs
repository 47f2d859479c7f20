using System.Globalization;
using System.Text;

using ClipGuard.Runs;

namespace ClipGuard.DryRuns.Merging;

/// <summary>A file that is put together from those of shards, piece by piece. Only once it is whole it bears its name.</summary>
internal sealed class MergedFile : IDisposable
{
    private const int PieceBytes = 1 << 20;
    private const string PartialSuffix = ".merging";
    private const string CopySuffix = ".copy";
    private const string LineKey = "\"line\":";

    private FileStream _file;
    private bool _endsWithLineFeed = true;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Where it is to be in the end.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public MergedFile(string path)
    {
        Path = path;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            _file = new FileStream(path + PartialSuffix, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, PieceBytes);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(path, error);
        }
    }

    /// <summary>Where it is to be in the end.</summary>
    public string Path { get; }

    /// <summary>Adds rows as they are.</summary>
    /// <param name="path">The shard's file.</param>
    /// <param name="skip">Bytes at its start that are no rows.</param>
    /// <exception cref="OutputException">A file cannot be read or written.</exception>
    public void AddRows(string path, long skip)
    {
        using FileStream source = Open(path);
        source.Position = skip;
        if (source.Length > skip && !_endsWithLineFeed)
        {
            // The last row of a manifest may have no line ending, and where another one comes behind it here it needs one.
            Write("\n"u8);
        }

        byte[] piece = new byte[PieceBytes];
        for (int read = Read(source, piece); read > 0; read = Read(source, piece))
        {
            Write(piece.AsSpan(0, read));
        }
    }

    /// <summary>Adds records, each a line of JSON.</summary>
    /// <param name="path">The shard's file.</param>
    /// <param name="linesBefore">What is added to their lines.</param>
    /// <exception cref="OutputException">A file cannot be read or written.</exception>
    public void AddRecords(string path, long linesBefore)
    {
        using FileStream source = Open(path);
        using var records = new StreamReader(source);
        for (string? record = Next(records, path); record is not null; record = Next(records, path))
        {
            Write(Encoding.UTF8.GetBytes(Renumber(record, linesBefore)));
            Write("\n"u8);
        }
    }

    /// <summary>Makes another content of what was added, and takes it for the file.</summary>
    /// <param name="makeAsync">Is given the path of what was added, and where the other content goes.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public async Task ReplaceAsync(Func<string, Stream, Task> makeAsync)
    {
        string added = Path + PartialSuffix;
        string copy = Path + CopySuffix;
        try
        {
            await _file.DisposeAsync().ConfigureAwait(false);
            _file = new FileStream(copy, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, PieceBytes);
            await makeAsync(added, _file).ConfigureAwait(false);
            File.Move(copy, added, overwrite: true);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(Path, error);
        }
    }

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Finish()
    {
        try
        {
            _file.Flush(flushToDisk: true);
            File.Move(Path + PartialSuffix, Path, overwrite: true);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(Path, error);
        }
    }

    /// <summary>Closes the file; one that was not finished is gone.</summary>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
            File.Delete(Path + PartialSuffix);
            File.Delete(Path + CopySuffix);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            // Whatever is wrong with the disk has been told by a write.
        }
    }

    /// <summary>The record with another line; as it is where it has none.</summary>
    /// <remarks>
    /// Nothing else of it changes, whatever later versions write into it. Within JSON's strings a quote has a backslash before it, so that what follows a
    /// brace or a comma is the key.
    /// </remarks>
    internal static string Renumber(string record, long linesBefore)
    {
        int key = record.StartsWith('{' + LineKey, StringComparison.Ordinal) ? 0 : record.IndexOf(',' + LineKey, StringComparison.Ordinal);
        if (key < 0 || linesBefore == 0)
        {
            return record;
        }

        int begin = key + 1 + LineKey.Length;
        int end = begin;
        while (end < record.Length && char.IsAsciiDigit(record[end]))
        {
            end++;
        }

        return long.TryParse(record.AsSpan(begin, end - begin), CultureInfo.InvariantCulture, out long line)
            ? string.Create(CultureInfo.InvariantCulture, $"{record.AsSpan(0, begin)}{line + linesBefore}{record.AsSpan(end)}")
            : record;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw Unreadable(path, error);
        }
    }

    private static int Read(FileStream source, byte[] piece)
    {
        try
        {
            return source.Read(piece);
        }
        catch (IOException error)
        {
            throw Unreadable(source.Name, error);
        }
    }

    private static string? Next(StreamReader records, string path)
    {
        try
        {
            return records.ReadLine();
        }
        catch (IOException error)
        {
            throw Unreadable(path, error);
        }
    }

    private static OutputException Unreadable(string path, Exception error) => new($"{path} cannot be read: {error.Message.TrimEnd('.')}", error);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
            _endsWithLineFeed = bytes[^1] == (byte)'\n';
        }
        catch (IOException error)
        {
            throw OutputException.For(Path, error);
        }
    }
}

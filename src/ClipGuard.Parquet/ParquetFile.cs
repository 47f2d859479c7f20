using System.Buffers.Binary;
using System.Collections.Concurrent;

using ClipGuard.Manifests;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>One open Parquet file: its footer, and its row groups to be read page by page. One thread at a time.</summary>
internal sealed class ParquetFile : IDisposable
{
    // Of each column that is read so much is held in front of the pages; a page is held besides, as large as its writer made it.
    private const int BufferBytes = 128 << 10;

    private const int TailBytes = 8;

    // Files that were opened and not closed. The library's readers of columns and row groups call back into their file when they are freed, and a finalizer
    // that does so after the file was collected ends the process: whoever forgets to close a manifest loses some memory instead.
    private static readonly ConcurrentDictionary<ParquetFile, bool> NotClosed = [];

    private readonly FailureRecordingStream _stream;

    private ParquetFile(string path, FailureRecordingStream stream, ParquetFileReader reader)
    {
        Path = ManifestFiles.Shown(path);
        _stream = stream;
        Reader = reader;
        Fields = SchemaField.Of(reader.FileMetaData.Schema);
        Groups = ReadGroups(reader);
        NotClosed.TryAdd(this, true);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The library's reader of it.</summary>
    public ParquetFileReader Reader { get; }

    /// <summary>The fields of its rows.</summary>
    public IReadOnlyList<SchemaField> Fields { get; }

    /// <summary>Its row groups in order, as its footer tells them.</summary>
    public IReadOnlyList<RowGroupFacts> Groups { get; }

    /// <summary>Rows of all row groups.</summary>
    public long RowCount => Groups.Sum(static group => group.Rows);

    /// <summary>Bytes of the file.</summary>
    public long Length => _stream.Length;

    /// <summary>Whether another file has the same columns.</summary>
    public bool HasSchemaOf(ParquetFile other)
    {
        using var mine = Reader.FileMetaData.Schema.GroupNode;
        using var others = other.Reader.FileMetaData.Schema.GroupNode;
        return mine.Equals(others);
    }

    /// <summary>Opens a file and reads its footer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="open">Opens it, to be read at any place.</param>
    /// <exception cref="ManifestException">It cannot be read, or is no Parquet file that can be read.</exception>
    public static ParquetFile Open(string path, Func<string, Stream> open)
    {
        FailureRecordingStream? stream = null;
        ParquetFileReader? reader = null;
        try
        {
            stream = new FailureRecordingStream(open(path));
            CheckTail(stream, ManifestFiles.Shown(path));
            using var properties = ReaderProperties.GetDefaultReaderProperties();
            properties.EnableBufferedStream();
            properties.BufferSize = BufferBytes;
            reader = new ParquetFileReader(stream, properties, leaveOpen: true);
            return new ParquetFile(path, stream, reader);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || IsOfLibrary(error))
        {
            ManifestException told = Told(ManifestFiles.Shown(path), stream, error, "its footer");
            reader?.Dispose();
            stream?.Dispose();
            throw told;
        }
        catch
        {
            reader?.Dispose();
            stream?.Dispose();
            throw;
        }
    }

    /// <summary>Whether an exception is how the Parquet library says that it cannot read something.</summary>
    public static bool IsOfLibrary(Exception error) => error is ParquetException or OutOfMemoryException or OverflowException;

    /// <summary>What is told of an exception while something was read: of the disk or the server where it was theirs, and otherwise of the file.</summary>
    public ManifestException Told(Exception error, string what) => Told(Path, _stream, error, what);

    /// <summary>Whether a read failed because of the disk or the server, which says nothing about what the file holds.</summary>
    public bool HasFailedToRead => _stream.Failure is not null;

    /// <summary>What the library says, without the words around it.</summary>
    public static string ReasonOf(Exception error)
    {
        const string Before = "message: '";
        string text = error.Message;
        int start = text.IndexOf(Before, StringComparison.Ordinal);
        int end = text.LastIndexOf('\'');
        return (start >= 0 && end > start + Before.Length ? text[(start + Before.Length)..end] : text).TrimEnd('.').ReplaceLineEndings(" ");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reader.Dispose();
        _stream.Dispose();
        NotClosed.TryRemove(this, out _);
    }

    private static ManifestException Told(string path, FailureRecordingStream? stream, Exception error, string what)
    {
        if (stream?.Failure is OperationCanceledException)
        {
            throw new OperationCanceledException(stream.Failure.Message, stream.Failure);
        }

        if (stream?.Failure is null && error is ParquetException && error.Message.Contains("decrypt", StringComparison.OrdinalIgnoreCase))
        {
            return new ManifestException($"{path} is Parquet with encrypted columns, which are not read: write it again without encryption.", error);
        }

        Exception? failure = stream?.Failure ?? (IsOfLibrary(error) ? null : error);
        return failure is not null
            ? ManifestException.Refused($"The manifest {path} cannot be read", failure)
            : new ManifestException($"{path} cannot be read as Parquet, in {what}: {ReasonOf(error)}.", error);
    }

    // The library tells these apart less clearly.
    private static void CheckTail(FailureRecordingStream stream, string path)
    {
        Span<byte> tail = stackalloc byte[TailBytes];
        long length = stream.Length;
        if (length < TailBytes + 4)
        {
            throw new ManifestException($"{path} is no Parquet file: it has {length} bytes, and the smallest has {TailBytes + 4}.");
        }

        stream.Position = length - TailBytes;
        stream.ReadExactly(tail);
        stream.Position = 0;
        uint footer = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (tail.EndsWith("PARE"u8))
        {
            throw new ManifestException($"{path} is Parquet whose footer is encrypted, which is not read: write it again without encryption.");
        }

        if (!tail.EndsWith("PAR1"u8) || footer > length - TailBytes - 4)
        {
            throw new ManifestException(
                $"{path} does not end as a Parquet file, with its footer and PAR1: it was cut off, or is still being written, or is something else.");
        }
    }

    private static RowGroupFacts[] ReadGroups(ParquetFileReader reader)
    {
        var groups = new List<RowGroupFacts>();
        (long row, long offset) = (0, 0);
        for (int group = 0; group < reader.FileMetaData.NumRowGroups; group++)
        {
            using RowGroupReader opened = reader.RowGroup(group);
            RowGroupMetaData facts = opened.MetaData;
            long bytes = 0;
            for (int column = 0; column < facts.NumColumns; column++)
            {
                using ColumnChunkMetaData chunk = facts.GetColumnChunkMetaData(column);
                bytes += chunk.TotalCompressedSize;
            }

            groups.Add(new RowGroupFacts(group, row, facts.NumRows, offset, bytes));
            row += facts.NumRows;
            offset += bytes;
        }

        return [.. groups];
    }
}

/// <summary>What a footer tells of a row group.</summary>
/// <param name="Number">0-based number within the file.</param>
/// <param name="FirstRow">0-based number of its first row within the file.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Offset">Bytes of the row groups before it, as they are stored.</param>
/// <param name="Bytes">Its bytes, as they are stored.</param>
internal sealed record RowGroupFacts(int Number, long FirstRow, long Rows, long Offset, long Bytes);

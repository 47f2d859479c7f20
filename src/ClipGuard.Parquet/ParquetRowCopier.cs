using System.Collections;

using ClipGuard.Manifests;

using ParquetSharp;

namespace ClipGuard.Columnar;

/// <summary>
/// Some rows of Parquet files as one Parquet file of the same schema, key-value metadata and codecs. Of each row group what is left is a row group again; it
/// is copied column by column, by levels and values as they are stored, with one page of what is read and one of what is written in memory, and a bit for each
/// row.
/// </summary>
/// <param name="files">The files.</param>
/// <param name="open">Opens a file.</param>
/// <param name="destination">Receives the file.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class ParquetRowCopier(IReadOnlyList<string> files, Func<string, Stream> open, Stream destination, CancellationToken cancellation)
{
    /// <summary>Copies rows.</summary>
    /// <param name="lines">1-based numbers over all files, ascending.</param>
    public void Run(IEnumerable<long> lines)
    {
        using var written = new FailureRecordingStream(destination, leaveOpen: true);
        using IEnumerator<long> wanted = lines.GetEnumerator();
        bool any = wanted.MoveNext();

        // It stays open until the writer is closed, which until then reads the schema where the first file's reader has it: a reader that is gone is a crash.
        using var like = ParquetFile.Open(files[0], open);
        using ParquetFileWriter writer = Open(like, written);
        try
        {
            long before = 0;
            foreach (string path in files)
            {
                using var file = ParquetFile.Open(path, open);
                try
                {
                    foreach (RowGroupFacts group in file.Groups)
                    {
                        long end = before + group.FirstRow + group.Rows;
                        BitArray? kept = null;
                        while (any && wanted.Current <= end)
                        {
                            kept ??= new BitArray(checked((int)group.Rows));
                            kept[(int)(wanted.Current - 1 - before - group.FirstRow)] = true;
                            any = wanted.MoveNext();
                        }

                        if (kept is not null)
                        {
                            Copy(file, group, writer, kept);
                        }
                    }
                }
                catch (Exception error) when (written.Failure is null && (ParquetFile.IsOfLibrary(error) || error is InvalidDataException))
                {
                    throw file.Told(error, "a column that is copied");
                }

                before += file.RowCount;
            }

            if (any)
            {
                throw new ManifestException($"{files[^1]} has no row {wanted.Current}: the manifest has become shorter.");
            }

            writer.Close();
        }
        catch (Exception) when (written.Failure is { } failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private static ParquetFileWriter Open(ParquetFile like, Stream written)
    {
        FileMetaData facts = like.Reader.FileMetaData;
        using var builder = new WriterPropertiesBuilder();
        if (like.Groups.Count > 0)
        {
            using RowGroupReader first = like.Reader.RowGroup(0);
            for (int column = 0; column < facts.NumColumns; column++)
            {
                using ColumnChunkMetaData chunk = first.MetaData.GetColumnChunkMetaData(column);

                // Hadoop's framing of LZ4 is deprecated and cannot be written; the codec without it is the same.
                builder.Compression(facts.Schema.Column(column).Path, chunk.Compression == Compression.Lz4Hadoop ? Compression.Lz4 : chunk.Compression);
            }
        }

        using WriterProperties properties = builder.Build();
        return new ParquetFileWriter(written, facts.Schema.GroupNode, properties, facts.KeyValueMetadata, leaveOpen: true);
    }

    private void Copy(ParquetFile file, RowGroupFacts group, ParquetFileWriter writer, BitArray kept)
    {
        using RowGroupReader from = file.Reader.RowGroup(group.Number);
        using RowGroupWriter to = writer.AppendRowGroup();
        for (int column = 0; column < file.Reader.FileMetaData.NumColumns; column++)
        {
            using ColumnReader values = from.Column(column);
            using ColumnWriter copy = to.NextColumn();
            var chunk = new ColumnRowFilter(kept, cancellation);
            switch (values, copy)
            {
                case (ColumnReader<bool> read, ColumnWriter<bool> written):
                    chunk.Run(read, written);
                    break;
                case (ColumnReader<int> read, ColumnWriter<int> written):
                    chunk.Run(read, written);
                    break;
                case (ColumnReader<long> read, ColumnWriter<long> written):
                    chunk.Run(read, written);
                    break;
                case (ColumnReader<Int96> read, ColumnWriter<Int96> written):
                    chunk.Run(read, written);
                    break;
                case (ColumnReader<float> read, ColumnWriter<float> written):
                    chunk.Run(read, written);
                    break;
                case (ColumnReader<double> read, ColumnWriter<double> written):
                    chunk.Run(read, written);
                    break;
                case (ColumnReader<ByteArray> read, ColumnWriter<ByteArray> written):
                    chunk.Run(read, written);
                    break;
                case (ColumnReader<FixedLenByteArray> read, ColumnWriter<FixedLenByteArray> written):
                    chunk.Run(read, written);
                    break;
                default:
                    throw new NotSupportedException($"Parquet's physical type {values.Type} is not known.");
            }

            copy.Close();
        }

        to.Close();
    }
}

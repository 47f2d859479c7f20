using ClipGuard.Columnar;
using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

using ParquetSharp;

using static ClipGuard.Tests.Columnar.ParquetWriting;

namespace ClipGuard.Tests.Columnar;

/// <summary>How much the Parquet library holds, which is the whole process's: nothing runs beside this.</summary>
[NonParallelizable]
[CancelAfter(60_000)]
public sealed class PageMemoryTests
{
    private const int Clips = 256;
    private const int ClipBytes = 256 << 10;

    // 64 MiB in one row group, in pages of about 1 MiB.
    [Test]
    public async Task A_row_group_is_read_and_copied_page_by_page()
    {
        string folder = Directory.CreateTempSubdirectory("clipguard-parquet-").FullName;
        try
        {
            string path = Path.Combine(folder, "m.parquet");
            WriteClips(path);
            var manifest = new ParquetManifest(path);
            var pool = MemoryPool.GetDefaultMemoryPool();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            long before = pool.BytesAllocated;
            long most = 0;
            long bytes = 0;
            foreach (ManifestRow row in manifest.ReadRowsAsync().ToBlockingEnumerable())
            {
                most = Math.Max(most, pool.BytesAllocated - before);
                bytes += ((MemorySource)((SampleRow)row).Sample.Clips.Single().Source!).Bytes.Length;
            }

            Assert.That(bytes, Is.EqualTo((long)Clips * ClipBytes));
            Assert.That(most, Is.InRange(1, 16 << 20), "while rows are read");

            var watched = new Watched(() => pool.BytesAllocated - before);
            await manifest.CopyRowsAsync(Enumerable.Range(1, Clips).Select(line => (long)line), watched);
            Assert.That(watched.Length, Is.GreaterThan((long)Clips * ClipBytes));
            Assert.That(watched.Most, Is.InRange(1, 24 << 20), "while rows are copied");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteClips(string path)
    {
        var random = new Random(5);
        using var builder = new WriterPropertiesBuilder();
        using WriterProperties properties = builder.Compression(Compression.Zstd).DisableDictionary().Build();
        using var schema = new ParquetSharp.Schema.GroupNode("schema", Repetition.Required, [Bytes("image")]);
        using var writer = new ParquetFileWriter(path, schema, properties, new Dictionary<string, string>());
        using RowGroupWriter group = writer.AppendRowGroup();
        using (LogicalColumnWriter<byte[]?> column = group.NextColumn().LogicalWriter<byte[]?>(1))
        {
            for (int clip = 0; clip < Clips; clip++)
            {
                byte[] noise = new byte[ClipBytes];
                random.NextBytes(noise);
                column.WriteBatch([noise]);
            }
        }

        writer.Close();
    }

    private sealed class Watched(Func<long> held) : Stream
    {
        private long _length;

        public long Most { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _length += buffer.Length;
            Most = Math.Max(Most, held());
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

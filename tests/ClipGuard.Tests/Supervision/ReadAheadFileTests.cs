using System.IO.Pipes;

using ClipGuard.Media;
using ClipGuard.Supervision.ReadingAhead;

using Microsoft.Win32.SafeHandles;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>How one file comes into sealed memory.</summary>
internal sealed class ReadAheadFileTests
{
    private readonly byte[] _bytes = new byte[300_000];
    private string _file = string.Empty;

    [SetUp]
    public void WriteFile()
    {
        new Random(1).NextBytes(_bytes);
        _file = Path.GetTempFileName();
        File.WriteAllBytes(_file, _bytes);
    }

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    [Test]
    public void A_file_that_changes_meanwhile_is_not_taken_as_read([Values] bool isCut)
    {
        using ReadAheadFile reading = ReadAheadFile.Open(new FileSource(_file), long.MaxValue)!;
        using (var file = new FileStream(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(isCut ? 1000 : _bytes.Length + 1);
        }

        Assert.That(reading.Read(static () => { }), Is.Null);
    }

    [Test]
    public void A_range_is_read_the_same_with_a_buffer_and_without([Values] bool copiesInKernel)
    {
        using ReadAheadFile reading = ReadAheadFile.Open(new FileSource(_file) { Offset = 4097, Length = 100_001 }, long.MaxValue)!;
        reading.CopiesInKernel = copiesInKernel;
        int heard = 0;
        using SealedBytes bytes = reading.Read(() => heard++)!;
        byte[] read = new byte[bytes.Length];
        Assert.That(RandomAccess.Read(new SafeFileHandle(bytes.Descriptor, ownsHandle: false), read, 0), Is.EqualTo(100_001));
        Assert.That(read, Is.EqualTo(_bytes[4097..104_098]));
        Assert.That((heard, reading.CopiesInKernel), Is.EqualTo((1, copiesInKernel)));
    }

    [Test]
    public void What_the_kernel_cannot_copy_from_is_refused_without_a_byte()
    {
        using SealedBytes bytes = new();
        using var stream = new AnonymousPipeServerStream(PipeDirection.In);
        Assert.That(bytes.AppendFrom((int)stream.SafePipeHandle.DangerousGetHandle(), 0, 10), Is.Negative);
        Assert.That(bytes.Length, Is.Zero);
    }
}

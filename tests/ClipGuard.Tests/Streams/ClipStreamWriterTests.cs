using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Libav.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>What a helper that writes streams does between two of them.</summary>
[TestFixture]
internal sealed unsafe class ClipStreamWriterTests
{
    // The supervisor clears the marks while the helper may still be closing the stream before, and closing may log.
    [Test]
    public void A_stream_begins_with_an_empty_log()
    {
        var page = (MarksPage*)NativeMemory.AllocZeroed(MarksPage.Size);
        try
        {
            var marks = new ProgressMarks((byte*)page);
            marks.Log("  (the last line 3 more times)");
            using var streamer = new ClipStreamWriter(new OpenStreamCommand(1, new FileSource("/clip"), ClipKind.Audio, "/fifo"), marks);

            Assert.That(Progress.ReadLog(page), Is.Empty);
        }
        finally
        {
            NativeMemory.Free(page);
        }
    }
}

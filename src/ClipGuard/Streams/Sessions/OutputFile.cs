using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Streams.Sessions;

/// <summary>What a tool has left at the path that it was given for its output. It may be anything, and is read only where it is a regular file.</summary>
internal static unsafe class OutputFile
{
    /// <summary>Reads the file's end; nothing where there is no file. Waits for nobody: opening a FIFO would wait for its writer.</summary>
    /// <param name="path">Where it would be; a link is followed.</param>
    /// <param name="keptBytes">Bytes that are read, from the end.</param>
    public static CapturedText ReadEnd(string path, int keptBytes)
    {
        if (FileFacts.OfPath(path, out FileFacts facts) is not null || facts.WhyNotRegular is not null)
        {
            return CapturedText.Nothing;
        }

        int descriptor = Libc.Open(path, Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return CapturedText.Nothing;
        }

        // The path may have become something else since it was looked at.
        bool isFile = FileFacts.OfDescriptor(descriptor, out facts) is null && facts.WhyNotRegular is null;
        CapturedText text = isFile ? Read(descriptor, facts.Length, keptBytes) : CapturedText.Nothing;
        _ = Libc.Close(descriptor);
        return text;
    }

    private static CapturedText Read(int descriptor, long total, int keptBytes)
    {
        byte[] text = new byte[Math.Min(total, keptBytes)];
        int length = 0;
        fixed (byte* start = text)
        {
            nint read;
            while (length < text.Length && (read = Libc.Pread(descriptor, start + length, (nuint)(text.Length - length), total - text.Length + length)) > 0)
            {
                length += (int)read;
            }
        }

        return new CapturedText(Encoding.UTF8.GetString(text, 0, length), total, total > length);
    }
}

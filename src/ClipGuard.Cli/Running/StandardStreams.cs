using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Cli.Running;

/// <summary>
/// The standard streams as whoever started the command left them. .NET hides two things: a stream that was closed, whose number the runtime then gives to a
/// file of its own, and a reader of standard output that has gone away, for which Console.Out throws the text away without a word.
/// </summary>
internal static class StandardStreams
{
    /// <summary>The path of standard input.</summary>
    public const string InputPath = "/dev/stdin";

    private const int Output = 1;
    private const int Error = 2;

    /// <summary>The path that is meant by the name of a file to read: <c>-</c> is standard input.</summary>
    public static string PathOf(string name) => name == "-" ? InputPath : name;

    /// <summary>Puts streams in place that tell when they cannot be written to. Call it before anything is written.</summary>
    /// <returns>False where standard output is closed.</returns>
    public static bool TakeOver()
    {
        if (!WasPassedOn(Error))
        {
            Console.SetError(TextWriter.Null);
        }

        bool open = WasPassedOn(Output);
        if (open && Console.IsOutputRedirected)
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
            Console.SetOut(new StreamWriter(new OutputStream(), text) { AutoFlush = true });
        }

        return open;
    }

    // A descriptor that came over exec cannot have the flag, and what the runtime opens has it.
    private static bool WasPassedOn(int descriptor) =>
        Libc.Fcntl(descriptor, Libc.F_GETFD, 0) is >= 0 and var flags && (flags & Libc.FD_CLOEXEC) == 0;

    /// <summary>Writes to where the descriptor stands, as others that share it do too: a FileStream would keep a position of its own.</summary>
    private sealed class OutputStream : Stream
    {
        private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(10);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override unsafe void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                nint written;
                fixed (byte* bytes = buffer)
                {
                    written = Libc.Write(Output, bytes, (nuint)buffer.Length);
                }

                if (written >= 0)
                {
                    buffer = buffer[(int)written..];
                    continue;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error == Libc.EAGAIN)
                {
                    // Whoever passed the pipe on has set it to non-blocking, and its reader is slow.
                    Thread.Sleep(RetryAfter);
                }
                else if (error != Libc.EINTR)
                {
                    throw new IOException(Marshal.GetPInvokeErrorMessage(error));
                }
            }
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

using System.Runtime.CompilerServices;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.Bytes;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// An exception where FFmpeg has called back comes out of the decode with its stack; it must not pass through native code, which would end the process.
/// </summary>
[CancelAfter(60_000)]
internal sealed class CallbackExceptionTests
{
    private readonly MediaFolder _media = new();

    public static IEnumerable<ClipSpec> Specs => [new AudioSpec(), new AudioSpec { StartSeconds = 15 }, new VideoSpec(), new ImageSpec(), new InspectSpec()];

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Specs))]
    public void What_a_read_throws_comes_out_of_the_decode(ClipSpec spec)
    {
        byte[] film = File.ReadAllBytes(_media.Make("film.mkv", "-f lavfi -i sine=d=20 -f lavfi -i testsrc2=s=64x48:d=20 -c:v mpeg4 -shortest"));
        foreach (int reads in (int[])(spec is ImageSpec ? [0] : [0, 1]))
        {
            var source = new ThrowingSource(film, reads);
            InvalidTimeZoneException bug = Assert.Throws<InvalidTimeZoneException>(() => Decode(source, spec).Dispose())!;
            Assert.That(bug.StackTrace, Does.Contain(nameof(ThrowingSource.Throw)), "the place where it was thrown");
        }
    }

    private static DirectDecode Decode(ThrowingSource source, ClipSpec spec) =>
        new(new DecodeRequest(source, spec) { Limits = new DecodeLimits { MaxPayloadBytes = 1 << 24 } });

    /// <summary>A clip that is read so many times and then throws.</summary>
    private sealed record ThrowingSource(byte[] Content, int Reads) : ClipSource, ISelfOpeningSource
    {
        private int _reads;

        public DecoderFault? Open(DecodeState session, out ClipBytes? bytes)
        {
            bytes = new ThrowingBytes(this);
            return null;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Throw() => throw new InvalidTimeZoneException("of a test");

        private sealed class ThrowingBytes(ThrowingSource source) : ClipBytes
        {
            public override long Length => source.Content.Length;

            public override string Name => string.Empty;

            public override int ReadAt(long position, Span<byte> buffer)
            {
                if (source._reads++ >= source.Reads)
                {
                    Throw();
                }

                int count = (int)Math.Clamp(Length - position, 0, buffer.Length);
                source.Content.AsSpan((int)Math.Min(position, Length), count).CopyTo(buffer);
                return count;
            }

            public override void Dispose()
            {
            }
        }
    }
}

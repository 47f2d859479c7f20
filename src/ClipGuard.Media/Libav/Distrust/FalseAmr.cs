using System.Globalization;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// What libavformat takes for AMR without a header, and is none, as most samples of floats without a header: a hundred bytes that could begin frames are enough
/// for it (amrnb_probe and amrwb_probe in libavformat/amr.c), and noise of another length comes out. In AMR every frame begins with a byte of which three bits
/// are 0, one says that the frame is whole, and four name a kind of frame that there is (RFC 4867, 5.3).
/// </summary>
internal static class FalseAmr
{
    private const int EvidenceBytes = 64 * 1024;
    private const int FixedBits = 0x87;
    private const int IsWhole = 0x04;

    // One in so many frames may begin otherwise. Behind a damaged one FFmpeg's demuxer, which goes on by the length that it says, needs some to find its way.
    private const int BadOneIn = 3;

    // Bytes of a frame by its kind, the first byte included, as FFmpeg's demuxer goes on; 0 where there is no such kind.
    private static readonly byte[] Narrow = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
    private static readonly byte[] Wide = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];

    /// <summary>Why bytes that were recognised as AMR without a header are none; null where they are, or were recognised as something else.</summary>
    /// <param name="demuxer">FFmpeg's name of the demuxer.</param>
    /// <param name="bytes">The clip.</param>
    public static string? FindWrong(string demuxer, ClipBytes bytes)
    {
        byte[]? sizes = demuxer switch { "amrnb" => Narrow, "amrwb" => Wide, _ => null };
        if (sizes is null)
        {
            return null;
        }

        byte[] evidence = new byte[Math.Min(EvidenceBytes, bytes.Length)];
        int read = bytes.ReadAt(0, evidence);
        int frames = 0;
        int bad = 0;
        for (int at = 0; at < read; frames++)
        {
            int size = (evidence[at] & FixedBits) == IsWhole ? sizes[evidence[at] >> 3] : 0;
            bad += size == 0 ? 1 : 0;
            at += Math.Max(1, size);
        }

        return BadOneIn * bad <= frames ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Nothing says what these bytes are. FFmpeg takes them for AMR without a header, and {bad} of the first {frames} frames would not begin as one. "
                + $"Samples without a header need one, such as that of a WAV.");
    }
}

using ClipGuard.Media.Libav.Bytes;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>All rules, in the order in which they look at a clip; README.md beside this file is their table.</summary>
internal static class DistrustRules
{
    /// <summary>How much of a clip every rule gets to see. One page: a longer read costs as much as all rules together.</summary>
    public const int HeadBytes = 4096;

    private static readonly IDistrustRule[] All =
    [
        new BigEndianWav(),
        new PaddedWavSamples(),
        new UnsupportedTiff(),
        new TiledTiff(),
        new HeifPictures(),
        new FactChunkOfAllChannels(),
        new EmptyEdits(),
        new OldVariableFlac(),
        new ChainedOgg(),
        new OneVorbisPage(),
    ];

    /// <summary>Asks every rule about a clip before its container is recognised.</summary>
    /// <param name="session">The decode; it keeps the rules' notes.</param>
    /// <param name="wanted">The kind of stream that is to be decoded; null where all are looked at.</param>
    /// <param name="bytes">The clip's bytes; what is to be read in their place afterwards. The caller disposes them.</param>
    /// <param name="findings">What the rules found that matters beyond the bytes.</param>
    /// <returns>Why the clip is refused; null where it is not.</returns>
    public static DecoderFault? Apply(DecodeState session, AVMediaType? wanted, ref ClipBytes bytes, out List<Distrusted> findings)
    {
        findings = [];
        bytes = new BufferedBytes(bytes);
        Span<byte> head = stackalloc byte[HeadBytes];

        // What cannot be read is told where it is read for the decode.
        int length = Math.Max(0, bytes.ReadAt(0, head));
        foreach (IDistrustRule rule in All)
        {
            if (rule.Find(head[..length], bytes, wanted) is not { } found)
            {
                continue;
            }

            session.AddNote(found.Note);
            findings.Add(found);
            if (found.IsRefused)
            {
                return session.Fault(FaultKind.Unsupported, found.Note);
            }

            if (found.Instead is { } instead)
            {
                bytes = instead;
                length = Math.Max(0, bytes.ReadAt(0, head));
            }
        }

        return null;
    }
}

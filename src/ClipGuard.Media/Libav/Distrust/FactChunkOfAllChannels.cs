using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// ADPCM and GSM in WAV whose <c>fact</c> chunk promises more samples than the <c>data</c> chunk has room for: some writers count all channels. libavformat
/// believes it. The data chunk counts, as libsndfile has it: FFmpeg is given a <c>fact</c> of as many samples as there are in its blocks.
/// </summary>
internal sealed class FactChunkOfAllChannels : IDistrustRule
{
    private const ushort MicrosoftAdpcm = 2;
    private const ushort ImaAdpcm = 0x11;
    private const ushort Gsm = 0x31;

    private const int AlignOffset = 12;
    private const int BlockSamplesOffset = 18;
    private const int FormatBytes = BlockSamplesOffset + sizeof(ushort);

    // What a recorder that could not go back leaves, and more than a WAV can hold.
    private const long UnknownBytes = 0x7FFF_0000;

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        if (!WavHeader.Begins(head))
        {
            return null;
        }

        var header = WavHeader.Read(bytes);
        Span<byte> format = stackalloc byte[FormatBytes];
        Span<byte> fact = stackalloc byte[sizeof(uint)];
        if (header.IsBigEndian || header.FormatBytes < FormatBytes || header.FactOffset <= 0 || header.SampleBytes is not ({ } sampleBytes and < UnknownBytes)
            || bytes.ReadAt(header.FormatOffset, format) < FormatBytes || bytes.ReadAt(header.FactOffset, fact) < sizeof(uint)
            || BinaryPrimitives.ReadUInt16LittleEndian(format) is not (MicrosoftAdpcm or ImaAdpcm or Gsm))
        {
            return null;
        }

        int blockBytes = BinaryPrimitives.ReadUInt16LittleEndian(format[AlignOffset..]);
        int blockSamples = BinaryPrimitives.ReadUInt16LittleEndian(format[BlockSamplesOffset..]);
        uint told = BinaryPrimitives.ReadUInt32LittleEndian(fact);
        long room = blockBytes == 0 ? long.MaxValue : (sampleBytes + blockBytes - 1) / blockBytes * blockSamples;
        if (blockSamples == 0 || told <= room)
        {
            return null;
        }

        byte[] right = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(right, (uint)room);
        return new Distrusted($"The header promises {told} samples, and its blocks have room for {room}; these are taken for all.")
        {
            Instead = new PatchedBytes(bytes, (header.FactOffset, right)),
        };
    }
}

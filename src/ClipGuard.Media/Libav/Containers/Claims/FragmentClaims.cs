using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>
/// What the fragments of an MP4 claim about their samples, found by walking its boxes (ISO/IEC 14496-12, 8.8). A run of samples that all have one size takes
/// twenty bytes, whatever their number, and libavformat makes an entry of its index for each of them when it comes to the run: 50 million cost it 2 s and
/// 1.6 GB, and its own limit on memory cuts other files' indexes short without a word.
/// </summary>
internal sealed class FragmentClaims
{
    // So many samples that no bytes of the file stand behind cost little: what they mean is left to the decode.
    private const long FewSamples = 1_000_000;

    private const int HeaderBytes = 8;
    private const int LongHeaderBytes = 16;
    private const int FullBoxBytes = 4;

    // Fragments have some kilobytes of boxes. One that has more than this has bytes of its own for all that it claims.
    private const int MaxFragmentBytes = 16 << 20;

    // Flags of tfhd and trun.
    private const uint BaseOffset = 0x1;
    private const uint DescriptionIndex = 0x2;
    private const uint DefaultDuration = 0x8;
    private const uint DefaultSize = 0x10;
    private const uint AnythingOfEach = 0xF00;

    private readonly DecodeState _session;
    private readonly ClipBytes _bytes;
    private readonly Dictionary<uint, uint> _sizeOfTrack = [];
    private byte[] _fragment = new byte[4096];
    private long _samples;
    private long _emptySamples;
    private Int128 _sampleBytes;

    private FragmentClaims(DecodeState session, ClipBytes bytes) => (_session, _bytes) = (session, bytes);

    /// <summary>Walks a file's boxes. What cannot be understood ends the walk, and is left to the demuxer.</summary>
    /// <returns>Null, or why the file is not to be opened.</returns>
    public static DecoderFault? Judge(DecodeState session, ClipBytes bytes)
    {
        var claims = new FragmentClaims(session, bytes);
        claims.WalkFile(0, bytes.Length);
        return claims._samples <= FewSamples ? null
            : claims._sampleBytes > bytes.Length
                ? session.Fault(FaultKind.Corrupt,
                    $"The fragments claim {claims._samples} samples of {claims._sampleBytes} bytes together, and the file has {bytes.Length} bytes.")
            : claims._emptySamples > FewSamples
                ? session.Fault(FaultKind.LimitExceeded, $"The fragments claim {claims._emptySamples} samples without a byte, over the limit of {FewSamples}.")
            : null;
    }

    private void WalkFile(long position, long end)
    {
        Span<byte> header = stackalloc byte[LongHeaderBytes];
        while (position < end && !_session.ShouldStop() && ReadHeader(position, header, out int headerBytes, out long length))
        {
            ReadOnlySpan<byte> name = header.Slice(4, 4);
            if (name.SequenceEqual("moov"u8))
            {
                WalkFile(position + headerBytes, Math.Min(end, position + length));
            }
            else if ((name.SequenceEqual("moof"u8) || name.SequenceEqual("mvex"u8)) && length <= MaxFragmentBytes)
            {
                Walk(Read(position + headerBytes, (int)length - headerBytes));
            }

            position += length;
        }
    }

    private bool ReadHeader(long position, Span<byte> header, out int headerBytes, out long length)
    {
        (headerBytes, length) = (HeaderBytes, 0);
        int read = _bytes.ReadAt(position, header);
        if (read < HeaderBytes)
        {
            return false;
        }

        _session.Marks.AddBytes(read);
        length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length == 1 && read == LongHeaderBytes)
        {
            headerBytes = LongHeaderBytes;
            length = BinaryPrimitives.ReadInt64BigEndian(header[HeaderBytes..]);
        }

        // A length of 0 goes to the file's end.
        length = length == 0 ? _bytes.Length - position : length;
        return length >= headerBytes && length <= long.MaxValue - position;
    }

    private ReadOnlySpan<byte> Read(long position, int length)
    {
        if (_fragment.Length < length)
        {
            _fragment = new byte[length];
        }

        int read = Math.Max(0, _bytes.ReadAt(position, _fragment.AsSpan(0, length)));
        _session.Marks.AddBytes(read);
        return _fragment.AsSpan(0, read);
    }

    // The boxes within a moof or an mvex that lead to the runs; everything else is passed over.
    private void Walk(ReadOnlySpan<byte> boxes)
    {
        uint track = 0;
        uint size = 0;
        for (; boxes.Length >= HeaderBytes; boxes = boxes[(int)Math.Min(boxes.Length, BinaryPrimitives.ReadUInt32BigEndian(boxes))..])
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(boxes);
            if (length < HeaderBytes)
            {
                return;
            }

            ReadOnlySpan<byte> content = boxes[HeaderBytes..(int)Math.Min(boxes.Length, length)];
            ReadOnlySpan<byte> name = boxes.Slice(4, 4);
            if (name.SequenceEqual("traf"u8))
            {
                Walk(content);
            }
            else if (name.SequenceEqual("trex"u8) && content.Length >= 20)
            {
                _sizeOfTrack[BinaryPrimitives.ReadUInt32BigEndian(content[FullBoxBytes..])] = BinaryPrimitives.ReadUInt32BigEndian(content[16..]);
            }
            else if (name.SequenceEqual("tfhd"u8) && content.Length >= 8)
            {
                track = BinaryPrimitives.ReadUInt32BigEndian(content[FullBoxBytes..]);
                size = DefaultSizeIn(content) ?? _sizeOfTrack.GetValueOrDefault(track);
            }
            else if (name.SequenceEqual("trun"u8) && content.Length >= 8)
            {
                Count(content, size);
            }
        }
    }

    private static uint? DefaultSizeIn(ReadOnlySpan<byte> header)
    {
        uint flags = BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFFFFFF;
        int at = 8 + ((flags & BaseOffset) != 0 ? 8 : 0) + ((flags & DescriptionIndex) != 0 ? 4 : 0) + ((flags & DefaultDuration) != 0 ? 4 : 0);
        return (flags & DefaultSize) != 0 && header.Length >= at + 4 ? BinaryPrimitives.ReadUInt32BigEndian(header[at..]) : null;
    }

    private void Count(ReadOnlySpan<byte> run, uint defaultSize)
    {
        // Of samples whose sizes, durations or flags are written one by one there are no more than the file has bytes for.
        if ((BinaryPrimitives.ReadUInt32BigEndian(run) & AnythingOfEach) != 0)
        {
            return;
        }

        long samples = BinaryPrimitives.ReadUInt32BigEndian(run[FullBoxBytes..]);
        _samples += samples;
        _sampleBytes += (Int128)samples * defaultSize;
        _emptySamples += defaultSize == 0 ? samples : 0;
    }
}

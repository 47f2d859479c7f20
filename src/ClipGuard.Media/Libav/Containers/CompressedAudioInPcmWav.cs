using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>
/// Whether the samples of a WAV may be a compressed stream under the header of PCM, as DTS is kept on discs. libavformat asks all of its demuxers about the
/// samples of every WAV with 16 bits, again and again while it reads up to 32 packets: most of what a short clip costs. A look for the sync words of the
/// codecs that it would take costs a hundredth. Where one is found, or nothing can be told, libavformat is asked as before.
/// </summary>
internal static class CompressedAudioInPcmWav
{
    // What libavformat collects before it believes that the samples are samples: 32 packets of 4096 bytes.
    private const int LooksAtBytes = 32 * 4096;

    // So many frames, each where the one before it ends: at the beginning, and anywhere. libavformat wants 3 to 7 at the beginning and 100 to 500 elsewhere.
    private const int FramesAtTheBeginning = 3;
    private const int FramesAnywhere = 6;

    // libavformat wants more than three. Quiet samples have one now and then.
    private const int FewestSyncWords = 4;

    // DTS with 16 and 14 bits a word in either order of bytes, DTS-HD and TrueHD, as they lie in the file. (S/PDIF is looked for by the demuxer itself.)
    private static readonly uint[] SyncWords =
        [.. new uint[] { 0x7FFE8001, 0xFE7F0180, 0x1FFFE800, 0xFF1F00E8, 0x64582025, 0xF8726FBA }.Select(BinaryPrimitives.ReverseEndianness)];

    /// <summary>Looks at a WAV's samples.</summary>
    /// <param name="bytes">The file.</param>
    /// <returns>False where they are PCM for certain.</returns>
    public static bool MayBeIn(ClipBytes bytes)
    {
        var header = WavHeader.Read(bytes);
        if (header.SamplesOffset <= 0 || header.IsBigEndian)
        {
            return true;
        }

        byte[] samples = ArrayPool<byte>.Shared.Rent(LooksAtBytes);
        try
        {
            int length = bytes.ReadAt(header.SamplesOffset, samples.AsSpan(0, LooksAtBytes));
            return length <= 0 || MayBe(samples.AsSpan(0, length), isAll: header.SamplesOffset + length >= bytes.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(samples);
        }
    }

    /// <summary>Looks at samples.</summary>
    /// <param name="samples">The first of them.</param>
    /// <param name="isAll">True where there are no more.</param>
    internal static bool MayBe(ReadOnlySpan<byte> samples, bool isAll)
    {
        int first = samples.IndexOfAnyExcept((byte)0);
        return first < 0
            ? !isAll
            : samples[first..].StartsWith("ID3"u8) || HasSyncWords(samples) || HasFrames(samples, first, FramesAtTheBeginning) || HasFramesAnywhere(samples);
    }

    private static bool HasSyncWords(ReadOnlySpan<byte> samples)
    {
        int count = 0;
        int at = 0;
        int step = Vector<byte>.Count;
        ref byte start = ref MemoryMarshal.GetReference(samples);
        for (; at + step + sizeof(uint) - 1 <= samples.Length && count < FewestSyncWords; at += step)
        {
            Vector<uint> found = Vector<uint>.Zero;
            for (int shift = 0; shift < sizeof(uint); shift++)
            {
                Vector<uint> words = Unsafe.ReadUnaligned<Vector<uint>>(ref Unsafe.Add(ref start, at + shift));
                foreach (uint word in SyncWords)
                {
                    found |= Vector.Equals(words, new Vector<uint>(word));
                }
            }

            // Two of them do not begin within four bytes of each other.
            count += found == Vector<uint>.Zero ? 0 : -Vector.Sum(Vector.AsVectorInt32(found));
        }

        for (; at + sizeof(uint) <= samples.Length; at++)
        {
            count += SyncWords.Contains(BinaryPrimitives.ReadUInt32LittleEndian(samples[at..])) ? 1 : 0;
        }

        return count >= FewestSyncWords;
    }

    private static bool HasFramesAnywhere(ReadOnlySpan<byte> samples)
    {
        int at = 0;
        int step = Vector<byte>.Count;
        ref byte start = ref MemoryMarshal.GetReference(samples);
        for (; at + step + 1 <= samples.Length; at += step)
        {
            Vector<byte> here = Unsafe.ReadUnaligned<Vector<byte>>(ref Unsafe.Add(ref start, at));
            Vector<byte> next = Unsafe.ReadUnaligned<Vector<byte>>(ref Unsafe.Add(ref start, at + 1));
            Vector<byte> isHigh = Vector.GreaterThanOrEqual(next, new Vector<byte>(0xE0));
            Vector<byte> isSync = ((Vector.Equals(here, new Vector<byte>(0xFF)) | Vector.Equals(here, new Vector<byte>(0x56))) & isHigh)
                | (Vector.Equals(here, new Vector<byte>(0x0B)) & Vector.Equals(next, new Vector<byte>(0x77)))
                | (Vector.Equals(here, new Vector<byte>(0x77)) & Vector.Equals(next, new Vector<byte>(0x0B)));
            if (isSync == Vector<byte>.Zero)
            {
                continue;
            }

            for (int i = 0; i < step; i++)
            {
                if (isSync[i] != 0 && HasFrames(samples, at + i, FramesAnywhere))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasFrames(ReadOnlySpan<byte> samples, int at, int wanted)
    {
        int frames = 0;
        while (frames < wanted && at + AudioFrameByteLength.HeaderBytes <= samples.Length && AudioFrameByteLength.Of(samples[at..]) is > 0 and var length)
        {
            frames++;
            at += length;
        }

        return frames == wanted;
    }
}

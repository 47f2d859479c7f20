using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>Digests that stand for texts of which there are too many to be kept.</summary>
internal static class ExclusionDigest
{
    /// <summary>For a key: two keys with the same one are never met.</summary>
    public static UInt128 OfKey(string key) => BinaryPrimitives.ReadUInt128LittleEndian(Of(key, stackalloc byte[SHA256.HashSizeInBytes]));

    /// <summary>For the words of a clip, only to notice that a row is another one than was meant; never 0.</summary>
    public static uint OfClip(string clip) => Math.Max(1, BinaryPrimitives.ReadUInt32LittleEndian(Of(clip, stackalloc byte[SHA256.HashSizeInBytes])));

    private static Span<byte> Of(string text, Span<byte> digest)
    {
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return digest;
    }
}

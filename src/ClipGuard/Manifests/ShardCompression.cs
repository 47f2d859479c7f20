using System.IO.Compression;

using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ClipGuard.Manifests;

/// <summary>What a shard is compressed with.</summary>
/// <param name="Name">The compression's name, for messages.</param>
/// <param name="Tool">The program that unpacks it.</param>
/// <param name="Extensions">Of shards that are compressed with it.</param>
/// <param name="Open">Unpacks a stream as it is read.</param>
internal sealed record ShardCompression(string Name, string Tool, IReadOnlyList<string> Extensions, Func<Stream, Stream> Open)
{
    // A frame tells how much of what came before it needs at hand: up to 2 GiB with zstd --long=31. This is what --ultra -22 and --long need, and what zstd's
    // own program allows without being told.
    private const int MaxWindowLog = 27;

    private static readonly ShardCompression[] All =
    [
        new("gzip", "gunzip", [".tar.gz", ".tgz"], static packed => new GZipStream(packed, CompressionMode.Decompress)),
        new("zstd", "unzstd", [".tar.zst", ".tar.zstd", ".tzst"], OpenZstd),
    ];

    /// <summary>The compression of a shard, by its name; null where it is not compressed.</summary>
    public static ShardCompression? Of(string shard) => Array.Find(
        All, compression => compression.Extensions.Any(extension => shard.EndsWith(extension, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Why a stream cannot be unpacked, in words; null where the error is none of the stream's.</summary>
    public static string? FlawOf(Exception error) => error switch
    {
        ZstdException { Code: ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge } =>
            $"it needs more than {1L << MaxWindowLog >> 20} MiB of memory to be unpacked: compress it again without --long=28 or more",
        ZstdException => error.Message.TrimEnd('.'),
        InvalidDataException => error.Message.TrimEnd('.'),
        EndOfStreamException => "it ends before its end",
        _ => null,
    };

    private static DecompressionStream OpenZstd(Stream packed)
    {
        var unpacking = new DecompressionStream(packed);
        unpacking.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        return unpacking;
    }
}

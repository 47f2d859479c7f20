using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// TIFFs in tiles, or of JPEG: FFmpeg's decoder passes over their pixels and hands out a black picture, or a green one.
/// <see cref="Pictures.TiledTiffDecode"/> decodes their pieces one by one; what cannot be decoded so is refused.
/// </summary>
internal sealed class TiledTiff : IDistrustRule
{
    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted) =>
        !TiffDirectory.Begins(head) || TiffDirectory.Read(bytes) is not { } tiff || TiffPieces.Of(bytes, tiff) is not { } pieces ? null
        : pieces.Unsupported is { } unsupported ? new Distrusted($"A TIFF of {unsupported} cannot be read.") { IsRefused = true }
        : new Distrusted(
            $"The picture is stored in {pieces.Across * pieces.Down} pieces of {pieces.PieceWidth}×{pieces.PieceHeight}, which are decoded one by one.");
}

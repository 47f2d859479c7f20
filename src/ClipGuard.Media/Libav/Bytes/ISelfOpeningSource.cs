namespace ClipGuard.Media.Libav.Bytes;

/// <summary>A source that opens its bytes itself. It never travels to a helper.</summary>
internal interface ISelfOpeningSource
{
    /// <inheritdoc cref="ClipBytes.Open"/>
    DecoderFault? Open(DecodeState session, out ClipBytes? bytes);
}

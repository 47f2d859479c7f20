using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>Where a decoded clip's bytes go while its helper still holds them.</summary>
internal interface IClipSink
{
    void Put(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload);
}

/// <summary>Straight into the batch: the one copy on the way from the helper's memory.</summary>
internal sealed class BatchSink(BatchBuilder builder, int slot) : IClipSink
{
    public void Put(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload) => builder[kind].Place(slot, index, clip, payload);
}

/// <summary>Aside, for a substitute that may not be needed: its helper is free at once, and its place in the batch still belongs to another.</summary>
internal sealed class BufferedSink(BatchBuilder builder, int slot) : IClipSink
{
    private readonly List<(ClipKind Kind, int Index, DecodedClip Clip, byte[] Payload)> _held = [];

    public void Put(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        builder.Reservation.Reserve(payload.Length);
        _held.Add((kind, index, clip, payload.ToArray()));
    }

    public void MoveIn()
    {
        foreach ((ClipKind kind, int index, DecodedClip clip, byte[] payload) in _held)
        {
            builder[kind].Place(slot, index, clip, payload);
        }

        _held.Clear();
    }
}

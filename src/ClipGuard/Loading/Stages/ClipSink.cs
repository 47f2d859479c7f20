using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>Takes a decoded clip's bytes out of its helper's memory.</summary>
internal interface IClipSink
{
    void Put(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload);
}

/// <summary>Copies straight into the batch.</summary>
internal sealed class BatchSink(BatchBuilder builder, int slot) : IClipSink
{
    public void Put(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload) => builder[kind].Put(slot, index, clip, payload);
}

/// <summary>
/// Copies into a buffer, for a substitute that may not be needed: its slot in the batch still belongs to the sample that is tried again, and its helper
/// must be free for other decodes meanwhile.
/// </summary>
internal sealed class BufferedSink(BatchBuilder builder, int slot) : IClipSink
{
    private readonly List<(ClipKind Kind, int Index, DecodedClip Clip, byte[] Payload)> _held = [];

    public void Put(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        builder.Reservation.Reserve(payload.Length);
        _held.Add((kind, index, clip, payload.ToArray()));
    }

    /// <summary>Moves the clips into the batch: the substitute is needed.</summary>
    public void MoveIn()
    {
        foreach ((ClipKind kind, int index, DecodedClip clip, byte[] payload) in _held)
        {
            builder[kind].Put(slot, index, clip, payload);
        }

        _held.Clear();
    }
}

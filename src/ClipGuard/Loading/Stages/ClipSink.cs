using System.Buffers;

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
/// Keeps a sample's clips beside the batch: those of a substitute that may not be needed, as its slot still belongs to the sample that is tried again, and
/// those that a hook is to see, which may change their shapes and must not hold up the tensor's growth. The helper is free for other decodes meanwhile.
/// </summary>
internal sealed class HeldClips(BatchBuilder builder, int slot) : IClipSink
{
    private readonly List<HeldClip> _clips = [];

    /// <summary>The clips in the order in which they came.</summary>
    public IReadOnlyList<HeldClip> Clips => _clips;

    public void Put(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        builder.Reservation.Reserve(payload.Length);
        _clips.Add(new HeldClip(kind, index, clip, payload));
    }

    /// <summary>Bytes of the batch's tensor once it is padded to a clip.</summary>
    public long PaddedBytes(ClipKind kind, DecodedClip clip, int index) => builder[kind].BytesWith(clip, index);

    /// <summary>Moves the clips into the batch.</summary>
    public void MoveIn()
    {
        foreach (HeldClip held in _clips)
        {
            builder[held.Kind].Put(slot, held.Index, held.Clip, held.Payload);
        }
    }

    /// <summary>Gives the memory up.</summary>
    public void Release()
    {
        foreach (HeldClip held in _clips)
        {
            builder.Reservation.Reserve(-held.CopiedBytes);
            held.Release();
        }

        _clips.Clear();
    }
}

/// <summary>A clip beside its batch. One thread at a time.</summary>
internal sealed class HeldClip
{
    // All that was rented for it: a span over earlier elements may be in use until the hook returns.
    private readonly List<byte[]> _rented = [];
    private byte[] _memory;
    private int _length;

    public HeldClip(ClipKind kind, int index, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        Kind = kind;
        Index = index;
        Clip = clip;
        CopiedBytes = payload.Length;
        _memory = Rent(payload.Length);
        payload.CopyTo(_memory);
    }

    public ClipKind Kind { get; }

    public int Index { get; }

    public DecodedClip Clip { get; private set; }

    /// <summary>Bytes that were copied out of the helper's memory.</summary>
    public int CopiedBytes { get; }

    public Span<byte> Payload => _memory.AsSpan(0, _length);

    /// <summary>Gives it other elements: zeros.</summary>
    public void Replace(DecodedClip clip)
    {
        _memory = Rent(checked((int)clip.PayloadBytes()));
        Payload.Clear();
        Clip = clip;
    }

    /// <summary>Gives the memory up.</summary>
    public void Release()
    {
        _rented.ForEach(static array => ArrayPool<byte>.Shared.Return(array));
        _rented.Clear();
        (_memory, _length) = ([], 0);
    }

    private byte[] Rent(int bytes)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(bytes);
        _rented.Add(array);
        _length = bytes;
        return array;
    }
}

using System.Diagnostics.CodeAnalysis;

namespace ClipGuard.Media;

/// <summary>What a decoder says of one request: a clip or a fault, never both and never neither.</summary>
public sealed record DecodeAnswer
{
    /// <summary>A delivered clip.</summary>
    public DecodeAnswer(DecodedClip clip) => Clip = clip;

    /// <summary>A fault.</summary>
    public DecodeAnswer(DecoderFault fault) => Fault = fault;

    /// <summary>The clip, or null where there is a fault.</summary>
    public DecodedClip? Clip { get; }

    /// <summary>The fault, or null where there is a clip.</summary>
    public DecoderFault? Fault { get; }

    /// <summary>True where there is a clip.</summary>
    [MemberNotNullWhen(true, nameof(Clip))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsClip => Clip is not null;
}

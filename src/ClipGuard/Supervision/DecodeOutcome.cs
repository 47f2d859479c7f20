using System.Diagnostics.CodeAnalysis;

using ClipGuard.Fetching;
using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>
/// What one guarded decode came to: a clip with its bytes, a fault, or neither, where something that is not the clip's stood in the way.
/// The caller owns it and disposes it; until then a clip's helper belongs to it, so copy the bytes and dispose soon.
/// </summary>
public abstract class DecodeOutcome : IDisposable
{
    /// <summary>An outcome with a clip or with a fault.</summary>
    private protected DecodeOutcome(DecodedClip? clip, ClipFault? fault, TimeSpan elapsed)
    {
        Clip = clip;
        Fault = fault;
        Elapsed = elapsed;
    }

    /// <summary>An outcome with neither.</summary>
    private protected DecodeOutcome(UnsettledClip unsettled, TimeSpan elapsed)
    {
        Unsettled = unsettled;
        Elapsed = elapsed;
    }

    /// <summary>Shape and meaning of the bytes; null where there are none.</summary>
    public DecodedClip? Clip { get; }

    /// <summary>What is wrong with the clip; null where nothing is, or where nobody knows yet.</summary>
    public ClipFault? Fault { get; }

    /// <summary>Why nobody knows; null where there is a clip or a fault. The same clip may be tried again.</summary>
    public UnsettledClip? Unsettled { get; }

    /// <summary>True where there is a clip.</summary>
    [MemberNotNullWhen(true, nameof(Clip))]
    public bool IsClip => Clip is not null;

    /// <summary>Wall clock from dispatch to verdict, all tries together.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Of a clip that was fetched and is a whole object: what its server said of that; otherwise null.</summary>
    internal ObjectMetadata? Fetched { get; set; }

    /// <summary>Where the time of the last try went; nothing but zeros where there is no clip.</summary>
    internal DecodeTimings Profile { get; init; }

    /// <summary>The decoded bytes, in the order of the clip's shape; empty where there is no clip. Valid until this is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The outcome was disposed.</exception>
    public abstract ReadOnlySpan<byte> Payload { get; }

    /// <summary>An outcome that no decode has come to, as a test needs it: a clip.</summary>
    /// <param name="clip">Shape and meaning of the bytes.</param>
    /// <param name="payload">The bytes; they stay the caller's.</param>
    /// <param name="elapsed">What <see cref="Elapsed"/> is to say.</param>
    /// <exception cref="ArgumentException">There are not as many bytes as the shape says.</exception>
    public static DecodeOutcome OfClip(DecodedClip clip, ReadOnlyMemory<byte> payload, TimeSpan elapsed = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return payload.Length == clip.PayloadBytes()
            ? new CallerOwnedOutcome(clip, payload, elapsed)
            : throw new ArgumentException($"The shape says {clip.PayloadBytes()} bytes, and there are {payload.Length}.", nameof(payload));
    }

    /// <summary>An outcome that no decode has come to, as a test needs it: a fault.</summary>
    /// <param name="fault">What is wrong with the clip.</param>
    /// <param name="elapsed">What <see cref="Elapsed"/> is to say.</param>
    public static DecodeOutcome OfFault(ClipFault fault, TimeSpan elapsed = default)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return new FaultOutcome(fault, elapsed);
    }

    /// <summary>An outcome that no decode has come to, as a test needs it: neither clip nor fault.</summary>
    /// <param name="unsettled">Why nobody knows.</param>
    /// <param name="elapsed">What <see cref="Elapsed"/> is to say.</param>
    public static DecodeOutcome OfUnsettled(UnsettledClip unsettled, TimeSpan elapsed = default)
    {
        ArgumentNullException.ThrowIfNull(unsettled);
        return new UnsettledOutcome(unsettled, elapsed);
    }

    /// <summary>Ends the lease. Calling it again does nothing.</summary>
    public abstract void Dispose();
}

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>One clip as a row names it.</summary>
/// <param name="Kind">What it is to be decoded as.</param>
/// <param name="Key">The row's key that names it, as written: <c>images</c>, <c>video</c>, <c>messages</c>, <c>rejected_images</c>, …</param>
/// <param name="AsWritten">
/// The manifest's own words; encoded bytes are shortened to their first characters and their length. Addresses lack user name, password, query and fragment:
/// those may be secrets, and reports and logs show this.
/// </param>
public sealed record ClipReference(ClipKind Kind, string Key, string AsWritten)
{
    /// <summary>
    /// Absolute path of the file, also where it does not exist; of a list of frame images the first.
    /// Null where the clip is not in a file.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>Where the bytes are; null where the clip is refused, and <see cref="Refusal"/> says why.</summary>
    public ClipSource? Source { get; init; }

    /// <summary>Why the clip is not decoded; null where it is.</summary>
    public ClipRefusal? Refusal { get; init; }
}

/// <summary>A clip's verdict without a decode: its reference is unusable.</summary>
/// <param name="Kind">Which fault it is.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record ClipRefusal(FaultKind Kind, string Message);

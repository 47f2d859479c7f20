namespace ClipGuard.Manifests;

/// <summary>One line of a text file, valid until the next one is read.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Offset">Where it begins, in bytes from the file's start.</param>
/// <param name="Raw">Its bytes, line ending included where there is one; empty where it was too long to keep.</param>
/// <param name="Length">Its length in bytes without the line ending, also where it was too long to keep.</param>
internal readonly record struct TextLine(long Number, long Offset, ReadOnlyMemory<byte> Raw, long Length)
{
    /// <summary>True where the line was longer than allowed.</summary>
    public bool IsTooLong => Length > Raw.Length;
}

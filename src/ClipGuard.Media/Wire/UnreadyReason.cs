namespace ClipGuard.Media.Wire;

/// <summary>Why a helper cannot decode at all.</summary>
internal enum UnreadyReason
{
    /// <summary>The helper itself failed.</summary>
    Broken,

    /// <summary>The decoder's libraries are not installed, or are of a version that this build cannot use.</summary>
    DecoderMissing,
}

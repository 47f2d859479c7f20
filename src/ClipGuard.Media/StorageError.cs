namespace ClipGuard.Media;

/// <summary>An error of the storage behind a <see cref="FaultKind.Missing"/>, which says nothing about the clip.</summary>
public enum StorageError
{
    /// <summary>
    /// Open, stat or read failed in a way that may be gone the next time: an input or output error, a stale handle, a mount that is not connected.
    /// </summary>
    Failed = 1,

    /// <summary>The file may not be read by the helper. Whether this process may is for the supervisor to see.</summary>
    Denied = 2,
}

namespace ClipGuard.Media.Native;

/// <summary>Which errors of open, stat and read are the storage's, and which say that the clip is not there.</summary>
internal static class StorageErrors
{
    private const int EPERM = 1;
    private const int EIO = 5;
    private const int ENOMEM = 12;
    private const int EACCES = 13;
    private const int ENFILE = 23;
    private const int EMFILE = 24;
    private const int EBADMSG = 74; // ext4 and XFS, of a block whose checksum is wrong
    private const int ENETDOWN = 100;
    private const int ENETUNREACH = 101;
    private const int ECONNABORTED = 103;
    private const int ECONNRESET = 104;
    private const int ENOTCONN = 107; // FUSE, whose program is gone
    private const int ESHUTDOWN = 108;
    private const int ETIMEDOUT = 110; // NFS, mounted soft
    private const int ECONNREFUSED = 111;
    private const int EHOSTDOWN = 112;
    private const int EHOSTUNREACH = 113;
    private const int ESTALE = 116;
    private const int EUCLEAN = 117; // ext4 and XFS, of a file system that is damaged
    private const int EREMOTEIO = 121;
    private const int ENOKEY = 126; // Kerberos and encrypted folders, up to EKEYREJECTED
    private const int EKEYREJECTED = 129;

    /// <summary>What an error number of open, stat or read says of the storage; null where it says that the clip is not there.</summary>
    public static StorageError? Of(int error) => error switch
    {
        EPERM or EACCES => StorageError.Denied,
        EIO or ENOMEM or ENFILE or EMFILE or EBADMSG or ENETDOWN or ENETUNREACH or ECONNABORTED or ECONNRESET or ENOTCONN or ESHUTDOWN or ETIMEDOUT
            or ECONNREFUSED or EHOSTDOWN or EHOSTUNREACH or ESTALE or EUCLEAN or EREMOTEIO or (>= ENOKEY and <= EKEYREJECTED) => StorageError.Failed,
        _ => null,
    };
}

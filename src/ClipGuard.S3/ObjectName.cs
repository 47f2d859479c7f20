using ClipGuard.Fetching;

namespace ClipGuard.ObjectStorage;

/// <summary>An object's bucket and key, or the beginning of keys.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key as it is, with no character escaped; may be empty.</param>
internal readonly record struct ObjectName(string Bucket, string Key)
{
    private const string Prefix = "s3://";

    /// <summary>The name in an address. What is behind the bucket is the key, whatever it looks like.</summary>
    public static ObjectName Of(Uri address)
    {
        string rest = address.OriginalString[Prefix.Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new ObjectName(rest, string.Empty) : new ObjectName(rest[..slash], rest[(slash + 1)..]);
    }

    /// <summary>The address of an object.</summary>
    public Uri ToAddress() => new($"{Prefix}{Bucket}/{Key}");

    /// <summary>Why no object can have the name; null where one can.</summary>
    public FetchFailure? Objection() =>
        Bucket.Length == 0 || Key.Length == 0 ? new FetchFailure(FetchFailureKind.NotFound, "the address names no object, as s3://bucket/key does")

            // On their way such parts are followed as in a file system, and another object comes.
            : Key.Split('/').Any(static part => part is "." or "..")
                ? new FetchFailure(FetchFailureKind.Unsupported, "a key with '.' or '..' as a part is not read")
            : null;
}

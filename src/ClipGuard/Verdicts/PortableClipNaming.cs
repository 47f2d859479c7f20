using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Verdicts;

/// <summary>
/// Names clips in a way that is the same wherever the data is mounted: by the path below a folder. Nothing is asked of the file system. Any number of threads.
/// </summary>
/// <param name="bases">Folders that names begin behind; the first that a clip lies below counts.</param>
internal sealed class PortableClipNaming(IEnumerable<string> bases)
{
    // What signed links are signed with, which changes from link to link to the same object.
    private static readonly string[] SignaturePrefixes =
        ["X-Amz-", "X-Goog-", "Signature", "Expires", "AWSAccessKeyId", "GoogleAccessId", "Key-Pair-Id", "Policy", "sig", "se", "st", "sp", "sv", "sr", "spr"];

    private readonly string[] _bases = [.. bases.Select(static folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + "/").Distinct()];

    /// <summary>The naming for clips of a manifest.</summary>
    /// <param name="options">Of the store.</param>
    /// <param name="manifestName">The manifest's name: a file, a folder or a pattern.</param>
    /// <param name="manifest">How its paths are resolved; null where that is not known.</param>
    public static PortableClipNaming For(VerdictStoreOptions options, string manifestName, ManifestOptions? manifest) => new(
        options.Root is { } root ? [root]
            : new[] { manifest?.Root, manifest?.RootImageDirectory, Directory.Exists(manifestName) ? manifestName : Path.GetDirectoryName(manifestName) }
                .Where(static folder => !string.IsNullOrEmpty(folder)).OfType<string>());

    /// <summary>The name of a clip that has a source.</summary>
    public ClipName Of(ClipReference clip) => clip.Source switch
    {
        FileSource file => new ClipName(clip.Kind, Relative(file.Path)) { Offset = file.Offset == 0 ? null : file.Offset, Length = file.Length },
        FileListSource list => new ClipName(clip.Kind, Relative(list.Paths[0])) { Frames = list.Paths.Count, Rest = Hex(HashOfNames(list)) },
        MemorySource held => new ClipName(clip.Kind, string.Empty) { Rest = Hex(XxHash3.HashToUInt64(held.Bytes.Span)), Length = held.Bytes.Length },
        RemoteSource { Address: var address } remote => new ClipName(clip.Kind, RedactedAddress.WithoutSecrets(address.OriginalString))
        {
            Offset = remote.Offset == 0 ? null : remote.Offset,
            Length = remote.Length,
            Rest = address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps ? QueryOf(address) : KeyOf(address),
        },
        _ => throw new ArgumentException("The clip has no source that could be named.", nameof(clip)),
    };

    /// <summary>A path as it is written into a store.</summary>
    public string Relative(string path) =>
        Array.Find(_bases, folder => path.StartsWith(folder, StringComparison.Ordinal)) is { } below ? path[below.Length..] : path;

    private static string Hex(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    private ulong HashOfNames(FileListSource list)
    {
        var hash = new XxHash3();
        foreach (string path in list.Paths)
        {
            hash.Append(MemoryMarshal.AsBytes((Relative(path) + "\n").AsSpan()));
        }

        return hash.GetCurrentHashAsUInt64();
    }

    // Of other schemes all is the object's name, of which no more than what may be shown is written down.
    private static string? KeyOf(Uri address) => RedactedAddress.WithoutSecrets(address.OriginalString) == address.OriginalString ? null
        : Hex(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(address.OriginalString)));

    // A query may say which object it is, and may hold secrets: what is no signature is hashed.
    private static string? QueryOf(Uri address)
    {
        string[] kept =
        [
            .. address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Where(static part => !Array.Exists(SignaturePrefixes, prefix => IsSignature(part, prefix))),
        ];
        return kept.Length == 0 ? null : Hex(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(string.Join('&', kept))));
    }

    private static bool IsSignature(string part, string prefix) => prefix.EndsWith('-')
        ? part.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        : part.StartsWith(prefix + "=", StringComparison.Ordinal);
}

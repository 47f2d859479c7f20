using System.Buffers;
using System.Text;

using ClipGuard.Fetching;
using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Recognises what a string that names a clip is: a path, a URL, a <c>data:</c> URI or base64.</summary>
internal static class ClipReferenceText
{
    // ms-swift takes longer strings for base64.
    private const int LongestPath = 2000;
    private const string FileScheme = "file://";
    private const string LocalHost = "localhost/";

    private static readonly SearchValues<byte> SchemeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-"u8);

    /// <summary>The clip that a string names, without white space around it. Guesses are made in ms-swift's order.</summary>
    public static ClipReference Refer(ReadOnlySpan<byte> text, ClipKind kind, string key, PathResolver paths)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.StartsWith("data:"u8))
        {
            return InlineClip.FromDataUri(text, kind, key);
        }

        bool isTooLong = text.Length > LongestPath && Encoding.UTF8.GetCharCount(text) > LongestPath;
        if (isTooLong || InlineClip.IsRecognised(text))
        {
            return InlineClip.FromBase64(text, kind, key);
        }

        string written = Encoding.UTF8.GetString(text);
        return written.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase)
            ? ReferToFile(written, PathIn(written[FileScheme.Length..], paths), kind, key, paths)
            : SchemeLength(text) > 0 ? ReferToUrl(written, kind, key, paths)
            : ReferToFile(written, written, kind, key, paths);
    }

    // Most writers put file:// before a path as it stands, with its '#', '?' and '%', so that is looked for first. RFC 8089 may name the host.
    private static string PathIn(string afterScheme, PathResolver paths)
    {
        string plain = afterScheme.StartsWith(LocalHost, StringComparison.OrdinalIgnoreCase) ? afterScheme[(LocalHost.Length - 1)..] : afterScheme;
        string[] meanings = [afterScheme, Uri.UnescapeDataString(afterScheme), plain, Uri.UnescapeDataString(plain)];
        bool IsThere(string path) => path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && PathResolver.Exists(paths.Resolve(path));
        return meanings.Distinct(StringComparer.Ordinal).Count() == 1 ? plain : meanings.FirstOrDefault(IsThere) ?? plain;
    }

    private static ClipReference ReferToFile(string written, string path, ClipKind kind, string key, PathResolver paths)
    {
        string? wrong = path.Length == 0 ? "The path is empty." : path.Contains('\0') ? "The path holds a NUL character, which no file name can." : null;
        if (wrong is not null)
        {
            return new ClipReference(kind, key, written) { Refusal = new ClipRefusal(FaultKind.Missing, wrong) };
        }

        string resolved = paths.Resolve(path);
        if (Addresses.Is(resolved))
        {
            return ReferToUrl(resolved, kind, key, paths) with { AsWritten = written, Path = ManifestFiles.Shown(resolved) };
        }

        return new ClipReference(kind, key, written) { Path = resolved, Source = new FileSource(resolved) };
    }

    private static ClipReference ReferToUrl(string written, ClipKind kind, string key, PathResolver paths)
    {
        bool isHttp = Uri.TryCreate(written, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
        var clip = new ClipReference(kind, key, RedactedAddress.WithoutSecrets(written));
        string scheme = written[..written.IndexOf(':', StringComparison.Ordinal)];
        if (uri is not null && (isHttp ? paths.AllowsHttp : Fetchers.Find(paths.Fetchers, scheme) is not null))
        {
            return clip with { Source = new RemoteSource(uri) };
        }

        string advice = isHttp
            ? $"are fetched only where that is allowed: --allow-http, or {nameof(ManifestOptions)}.{nameof(ManifestOptions.AllowHttp)}"
            : Fetchers.Advice(scheme.ToLowerInvariant());
        return clip with { Refusal = new ClipRefusal(FaultKind.Unsupported, $"Clips at {scheme}:// addresses {advice}.") };
    }

    private static int SchemeLength(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf("://"u8);
        return end > 0 && text[..end].IndexOfAnyExcept(SchemeCharacters) < 0 ? end : 0;
    }
}

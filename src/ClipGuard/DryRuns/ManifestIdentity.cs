using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

using ClipGuard.Manifests;
using ClipGuard.Media.Native;

namespace ClipGuard.DryRuns;

/// <summary>Identifies a manifest, so that a run which goes on with an interrupted one notices where it has changed.</summary>
/// <param name="Path">Absolute path, or the name of several.</param>
/// <param name="Bytes">Length of its files.</param>
/// <param name="ModifiedUtc">When the last of them was last written.</param>
internal sealed record ManifestIdentity(string Path, long Bytes, DateTime ModifiedUtc)
{
    /// <summary>How many files it has; 0 where it is none, as a folder.</summary>
    public int Files { get; init; } = 1;

    /// <summary>A hash over the names, lengths and times of several files, or of what it is instead of files; null for one file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    /// <summary>The identity of a file; null where there is none, or it has no length, as a pipe: it cannot be read a second time.</summary>
    public static ManifestIdentity? Of(string path)
    {
        var file = new FileInfo(path);
        return file is { Exists: true, Length: > 0 }
            ? new ManifestIdentity(System.IO.Path.GetFullPath(path), file.Length, file.LastWriteTimeUtc)
            : null;
    }

    /// <summary>The identity of a manifest of any kind; null where it cannot be read a second time.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="files">Its files, where it is several.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static async Task<ManifestIdentity?> OfAsync(IManifest manifest, IReadOnlyList<SourceFile>? files, CancellationToken cancellation)
    {
        if (files is not null)
        {
            return new ManifestIdentity(manifest.Name, files.Sum(static file => file.Bytes), files.Max(static file => file.ModifiedUtc))
            {
                Files = files.Count,
                Content = manifest is BlendedManifest or StreamedBlend
                    ? $"{SourceFile.HashOf(files)} {await manifest.FingerprintAsync(cancellation).ConfigureAwait(false)}"
                    : SourceFile.HashOf(files),
            };
        }

        if (manifest.Sources is [var only] && !Directory.Exists(only) && !only.Contains("://", StringComparison.Ordinal))
        {
            return Of(only) is { } file ? file with { Path = manifest.Name } : null;
        }

        return manifest.Sources.Any(IsPipe) ? null
            : new ManifestIdentity(manifest.Name, 0, default)
            {
                Files = 0,
                Content = await manifest.FingerprintAsync(cancellation).ConfigureAwait(false),
            };
    }

    private static bool IsPipe(string source) =>
        !Directory.Exists(source) && FileFacts.OfPath(source, out FileFacts facts) is null && facts.WhyNotRegular is not null;

    /// <summary>What differs between two looks at a manifest, in words.</summary>
    /// <param name="before">The earlier look.</param>
    /// <param name="filesBefore">Its files then, where it was several.</param>
    /// <param name="now">The later look; null where it cannot be read a second time.</param>
    /// <param name="filesNow">Its files now, where it is several.</param>
    public static string Difference(
        ManifestIdentity before, IReadOnlyList<SourceFile>? filesBefore, ManifestIdentity? now, IReadOnlyList<SourceFile>? filesNow) =>
        now?.Path == before.Path && filesBefore is not null && filesNow is not null && SourceFile.Difference(filesBefore, filesNow) is { } change ? change
        : before.Files == 0 ? $"its manifest was {before.Path} with other content"
        : before.Files > 1 ? $"its manifest was {before.Path}, {before.Files} files of {before.Bytes} bytes, the last of them written {before.ModifiedUtc:u}"
        : $"its manifest was {before.Path} of {before.Bytes} bytes, written {before.ModifiedUtc:u}";
}

/// <summary>One of the files of a manifest that is several.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="ModifiedUtc">When it was last written.</param>
internal sealed record SourceFile(string Path, long Bytes, DateTime ModifiedUtc)
{
    /// <summary>The files of a manifest; null where it is one file, or where not all it consists of are files that can be read a second time.</summary>
    public static IReadOnlyList<SourceFile>? Of(IManifest manifest)
    {
        if (manifest.Sources.Count < 2)
        {
            return null;
        }

        var files = new List<SourceFile>(manifest.Sources.Count);
        foreach (string source in manifest.Sources)
        {
            if (Directory.Exists(source) || FileFacts.OfPath(source, out FileFacts facts) is not null || facts.WhyNotRegular is not null)
            {
                return null;
            }

            var file = new FileInfo(source);
            files.Add(new SourceFile(source, file.Length, file.LastWriteTimeUtc));
        }

        return files;
    }

    /// <summary>A hash over all files.</summary>
    public static string HashOf(IReadOnlyList<SourceFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SourceFile file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{file.Path}\0{file.Bytes}\0{file.ModifiedUtc.Ticks}\0")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The first difference between two lists of files, in words; null where there is none.</summary>
    public static string? Difference(IReadOnlyList<SourceFile> before, IReadOnlyList<SourceFile> now)
    {
        foreach ((SourceFile then, SourceFile today) in before.Zip(now))
        {
            if (then.Path != today.Path)
            {
                return now.Any(file => file.Path == then.Path) ? $"{today.Path} is new" : $"{then.Path} is gone";
            }

            if (then != today)
            {
                return $"{then.Path} had {then.Bytes} bytes, written {then.ModifiedUtc:u}, and has {today.Bytes}, written {today.ModifiedUtc:u}";
            }
        }

        return now.Count > before.Count ? $"{now[before.Count].Path} is new" : now.Count < before.Count ? $"{before[now.Count].Path} is gone" : null;
    }
}

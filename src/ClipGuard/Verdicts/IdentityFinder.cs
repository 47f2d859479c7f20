using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Verdicts;

/// <summary>Finds out which bytes a clip has now. Storage may hang: then nobody knows, and the clip is decoded as if there were no store.</summary>
internal sealed class IdentityFinder : IDisposable
{
    /// <summary>How old a file's time has to be to stand for its content: clocks differ, and file systems keep times coarsely.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    private const int Threads = 4;
    private const int PieceBytes = 1 << 20;
    private const int NoSuchFile = 2;
    private const int NoSuchFolder = 20;

    // Archives that are made to be the same every time give their members the first moment that their format knows, so that such a time says nothing.
    private const long FirstRealTime = 315_705_600;

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly BoundedStorageQueries _questions;
    private readonly PortableClipNaming _naming;
    private readonly IdentityKind _kind;
    private readonly Func<Uri, CancellationToken, ValueTask<ObjectMetadata?>> _look;
    private readonly TimeProvider _time;

    /// <param name="naming">What clips are called.</param>
    /// <param name="kind">What stands for a file's bytes.</param>
    /// <param name="look">Asks what a server says of the object at an address; its answer is null where it does not say.</param>
    /// <param name="time">The clock.</param>
    public IdentityFinder(PortableClipNaming naming, IdentityKind kind, Func<Uri, CancellationToken, ValueTask<ObjectMetadata?>> look, TimeProvider time)
    {
        _look = look;
        _questions = new BoundedStorageQueries(Threads, Limit, time);
        _naming = naming;
        _kind = kind;
        _time = time;
    }

    /// <summary>What to compare a clip with that was decoded meanwhile; null where its bytes are not known.</summary>
    public async ValueTask<ObservedClip?> FindAsync(ClipReference clip, CancellationToken cancellation)
    {
        ClipName name = _naming.Of(clip);
        switch (clip.Source)
        {
            case MemorySource held:
                return new ObservedClip(new ByteIdentity(name) { Size = held.Bytes.Length, Content = name.Rest }, []);
            case FileSource file:
                return await _questions.AskAsync(progress => OfFile(name, file, progress), cancellation).ConfigureAwait(false);
            case FileListSource list:
                return await _questions.AskAsync(progress => OfList(name, list, progress), cancellation).ConfigureAwait(false);
            case RemoteSource { Version: { } version } remote:
                return new ObservedClip(new ByteIdentity(name) { Size = remote.Length, ETag = version }, []);
            case RemoteSource remote when IsWholeObject(remote):
                return await _look(remote.Address, cancellation).ConfigureAwait(false) is { } found ? OfObject(clip, found) : null;
            default:
                return null;
        }
    }

    /// <summary>
    /// Whether a clip is an object at an address, of which only its server can say which bytes it has: as a whole, since ranges come with the object's version.
    /// </summary>
    public static bool IsWholeObject(ClipSource? source) => source is RemoteSource { Offset: 0, Length: null, Version: null };

    /// <summary>
    /// The identity of an object at an address by what its server says of it: its ETag, or else its size and time, as for files; null where these tell nothing.
    /// </summary>
    public ObservedClip? OfObject(ClipReference clip, ObjectMetadata said)
    {
        var identity = new ByteIdentity(_naming.Of(clip)) { Size = said.Length };
        return said.Version is { } version ? new ObservedClip(identity with { ETag = version }, [])
            : said is { Length: not null, Modified: { } modified } && IsOld(modified.ToUnixTimeSeconds())
                ? new ObservedClip(identity with { Modified = modified.ToUnixTimeSeconds() }, [])
            : null;
    }

    /// <summary>Whether a clip's files are as they were when it was observed.</summary>
    public async ValueTask<bool> IsUnchangedAsync(ObservedClip observed, CancellationToken cancellation)
    {
        if (observed.Files.Count == 0)
        {
            return true;
        }

        return await _questions.AskAsync(
            progress => observed.Files.All(file =>
            {
                progress();
                return FileStamp.Of(file.Path) == file;
            })
                ? observed
                : null,
            cancellation).ConfigureAwait(false) is not null;
    }

    /// <inheritdoc/>
    public void Dispose() => _questions.Dispose();

    private ObservedClip? OfFile(ClipName name, FileSource file, Action progress)
    {
        var stamp = FileStamp.Of(file.Path);
        if (stamp.IsAbsent)
        {
            return new ObservedClip(new ByteIdentity(name), [stamp]);
        }

        if (!stamp.IsRegular)
        {
            return null;
        }

        if (GoesByTime(stamp))
        {
            return new ObservedClip(new ByteIdentity(name) { Size = stamp.Length, Modified = stamp.Seconds }, [stamp]);
        }

        var hash = new XxHash3();
        return Append(hash, file, progress) is { } length
            ? new ObservedClip(new ByteIdentity(name) { Size = length, Content = Hex(hash) }, [stamp])
            : null;
    }

    private ObservedClip? OfList(ClipName name, FileListSource list, Action progress)
    {
        var hash = new XxHash3();
        var stamps = new List<FileStamp>();
        long bytes = 0;
        foreach (string path in list.Paths)
        {
            progress();
            var stamp = FileStamp.Of(path);
            stamps.Add(stamp);
            if (stamp is not { IsAbsent: false, IsRegular: true })
            {
                return null;
            }

            bytes += stamp.Length;
            if (_kind == IdentityKind.Content || !GoesByTime(stamp))
            {
                if (Append(hash, new FileSource(path), progress) is null)
                {
                    return null;
                }
            }
            else
            {
                string text = string.Create(CultureInfo.InvariantCulture, $"{_naming.Relative(path)}\0{stamp.Length}\0{stamp.Seconds}\n");
                hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
            }
        }

        return new ObservedClip(new ByteIdentity(name) { Size = bytes, Content = Hex(hash) }, stamps);
    }

    private bool GoesByTime(FileStamp stamp) => _kind == IdentityKind.Metadata && IsOld(stamp.Seconds);

    private bool IsOld(long seconds) => seconds >= FirstRealTime && seconds < (_time.GetUtcNow() - Young).ToUnixTimeSeconds();

    private static string Hex(XxHash3 hash) => hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);

    private static long? Append(XxHash3 hash, FileSource file, Action progress)
    {
        try
        {
            using var handle = File.OpenHandle(file.Path);
            byte[] piece = new byte[PieceBytes];
            long done = 0;
            while (file.Length is not { } length || done < length)
            {
                int wanted = (int)Math.Min(piece.Length, (file.Length ?? long.MaxValue) - done);
                int read = RandomAccess.Read(handle, piece.AsSpan(0, wanted), file.Offset + done);
                if (read == 0)
                {
                    break;
                }

                hash.Append(piece.AsSpan(0, read));
                done += read;
                progress();
            }

            return done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>A file as it was at one moment.</summary>
    internal readonly record struct FileStamp(string Path, bool IsAbsent, bool IsRegular, long Length, long Nanoseconds, ulong Inode)
    {
        private const long NanosecondsInSecond = 1_000_000_000;

        /// <summary>When it was last changed, in whole seconds since 1970.</summary>
        public long Seconds => (Nanoseconds / NanosecondsInSecond) - (Nanoseconds % NanosecondsInSecond < 0 ? 1 : 0);

        public static FileStamp Of(string path)
        {
            if (FileFacts.OfPath(path, out FileFacts facts) is not null)
            {
                return new FileStamp(path, Marshal.GetLastPInvokeError() is NoSuchFile or NoSuchFolder, IsRegular: false, 0, 0, 0);
            }

            return new FileStamp(path, false, facts.WhyNotRegular is null, facts.Length, facts.ModifiedNanoseconds, facts.Inode);
        }
    }
}

/// <summary>A clip's bytes as they were found, and the files as they were then.</summary>
/// <param name="Identity">What tells the bytes from others.</param>
/// <param name="Files">The files that have them; none for bytes that cannot change.</param>
internal sealed record ObservedClip(ByteIdentity Identity, IReadOnlyList<IdentityFinder.FileStamp> Files)
{
    /// <summary>Whether a file of it was changed after a moment, so that it may have been another one then.</summary>
    public bool ChangedSince(DateTimeOffset moment) => Files.Any(file => file.Seconds >= moment.ToUnixTimeSeconds());
}

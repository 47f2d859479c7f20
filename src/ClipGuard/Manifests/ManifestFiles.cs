using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using ClipGuard.Fetching;
using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>
/// Opens the files of one manifest for one reading: those at paths, and those at addresses by their fetchers. What was opened at an address stays the same
/// object: whatever is read of it later is of the version that was there then, or fails. Any number of threads.
/// </summary>
internal sealed class ManifestFiles
{
    // Connections, and what is known of servers, are shared by all manifests of the same options.
    private static readonly ConditionalWeakTable<FetchOptions, RetryingFetch> Fetches = [];

    private readonly FetchOptions _options;
    private readonly RecentBlocks _recent = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<RemoteFile>>> _opened = new(StringComparer.Ordinal);

    public ManifestFiles(ManifestOptions options) => _options = options.Fetching;

    private RetryingFetch Fetch => Fetches.GetValue(_options, static options => new RetryingFetch(options));

    /// <summary>A path made absolute; an address as it is.</summary>
    public static string FullPath(string path) => Addresses.Is(path) ? path : Path.GetFullPath(path);

    /// <summary>A path or an address as it may be shown.</summary>
    public static string Shown(string path) => Addresses.Is(path) ? RedactedAddress.WithoutSecrets(path) : path;

    /// <summary>The folder that a file lies in.</summary>
    /// <param name="path">Absolute path, or an address.</param>
    public static string FolderOf(string path) => Addresses.Is(path) ? Addresses.FolderOf(path) : Path.GetDirectoryName(path)!;

    /// <summary>Opens a file for reading on and on.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public async Task<Stream> OpenAsync(string path, CancellationToken stop) => Addresses.Is(path)
        ? new RemoteStream(await LookAsync(path, stop).ConfigureAwait(false), stop)
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Opens a file for reading by jumps.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public Stream OpenShard(string path, int bufferBytes, CancellationToken stop = default) => Addresses.Is(path)
        ? new RemoteStream(LookAsync(path, stop).GetAwaiter().GetResult(), stop)
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferBytes, FileOptions.SequentialScan);

    /// <summary>Opens a file to read it at any place from any thread.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public async Task<RandomAccessFile> OpenPositionsAsync(string path, CancellationToken stop) => Addresses.Is(path)
        ? new RemotePositions(await LookAsync(path, stop).ConfigureAwait(false))
        : new LocalPositions(File.OpenHandle(path, share: FileShare.ReadWrite));

    /// <inheritdoc cref="OpenPositionsAsync"/>
    public RandomAccessFile OpenPositions(string path) => OpenPositionsAsync(path, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>A range of a file as a clip.</summary>
    public ClipSource SourceOf(string path, long offset, long length) => Addresses.Is(path)
        ? new RemoteSource(new Uri(path)) { Offset = offset, Length = length, Version = LookAsync(path, default).GetAwaiter().GetResult().Version }
        : new FileSource(path) { Offset = offset, Length = length };

    /// <summary>The addresses that begin with another.</summary>
    /// <exception cref="IOException">They cannot be listed.</exception>
    public IReadOnlyList<string> List(string prefix, int most)
    {
        var limits = new FetchLimits(TimeSpan.FromMinutes(10), most) { IsPatient = true };
        return [.. Fetch.ListAsync(new Uri(prefix), limits, CancellationToken.None).GetAwaiter().GetResult().Select(static address => address.OriginalString)];
    }

    private async Task<RemoteFile> LookAsync(string address, CancellationToken stop)
    {
        // Whoever waits may give up; what is looked at is for all who ask.
        Lazy<Task<RemoteFile>> looking = _opened.GetOrAdd(
            address, uri => new Lazy<Task<RemoteFile>>(() => RemoteFile.OpenAsync(Fetch, new Uri(uri), _recent, CancellationToken.None)));
        try
        {
            return await looking.Value.WaitAsync(stop).ConfigureAwait(false);
        }
        catch when (looking.Value.IsFaulted)
        {
            _opened.TryRemove(KeyValuePair.Create(address, looking));
            throw;
        }
    }
}

using ClipGuard.Media;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Verdicts;

/// <summary>
/// What the files of a store say under given conditions. Of a good clip a hash is kept, of a bad one also where its fault stands: memory grows by six bytes
/// for each good clip and by a hundred for each bad one. Read by one task, asked by any thread.
/// </summary>
internal sealed class StoredVerdicts : IDisposable
{
    private readonly CompactHashSet _good;
    private readonly Dictionary<UInt128, StoredFaultLocation> _faults = [];
    private readonly HashSet<UInt128> _faultyNames = [];
    private readonly CompactHashSet _objects;
    private readonly Dictionary<string, string?> _settings;
    private readonly Dictionary<string, string> _known = [];
    private readonly TrackFactsIndex _facts = new();
    private readonly ILogger _log;

    /// <param name="conditions">What verdicts are to have been come to under.</param>
    /// <param name="mostGood">Most good clips to remember.</param>
    /// <param name="log">Where errors are told.</param>
    public StoredVerdicts(IEnumerable<VerdictConditions> conditions, long mostGood, ILogger log)
    {
        _good = new CompactHashSet(mostGood);
        _objects = new CompactHashSet(mostGood);
        _log = log;
        _settings = [];
        foreach (VerdictConditions wanted in conditions)
        {
            _settings[wanted.Id] = null;
            if (wanted.OfWholeClip is { } whole)
            {
                _settings.TryAdd(whole.Id, wanted.Id);
            }
        }
    }

    /// <summary>Clips that decoded.</summary>
    public long Good => _good.Count;

    /// <summary>Clips that gave no data.</summary>
    public int Faults => _faults.Count;

    /// <summary>Reads a store's files: those with faults and, where good clips are wanted, those with facts.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="wantsGood">Whether good clips are to be known too.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public void Read(string folder, bool wantsGood, CancellationToken cancellation)
    {
        foreach (string file in StoreFiles.Find(folder, StoreFileKind.Faults))
        {
            ReadFile(file, cancellation);
        }

        // Behind the faults, since of two verdicts on the same bytes the later counts, and of good ones no time is kept.
        foreach (string file in wantsGood ? StoreFiles.Find(folder, StoreFileKind.Facts) : [])
        {
            ReadFile(file, cancellation);
        }

        _facts.Freeze();
    }

    /// <summary>What the decoder said of these bytes, which decoded; null where that is not known. For one thread at a time.</summary>
    public TrackFacts? FactsOf(UInt128 key) => _facts.Find(key);

    /// <summary>Whether bytes are known to decode.</summary>
    public bool IsGood(UInt128 key) => _good.Contains(key);

    /// <summary>Where the fault of these bytes stands; null where they are not known to have one.</summary>
    public StoredFaultLocation? FaultOf(UInt128 key) => _faults.TryGetValue(key, out StoredFaultLocation place) ? place : null;

    /// <summary>Whether a clip of this name had a fault with the bytes that it had then.</summary>
    public bool HasFaultyName(ClipName name) => _faultyNames.Contains(name.Key);

    /// <summary>Whether anything is known of an object at an address, so that it is worth while to ask its server which bytes it has.</summary>
    public bool HasObject(ClipName name) => _objects.Contains(name.Key);

    /// <summary>Reads a fault; null where it is not there any more.</summary>
    public static StoredFault? ReadFault(StoredFaultLocation place)
    {
        try
        {
            using var handle = File.OpenHandle(place.File);
            byte[] line = new byte[place.Length];
            int read = RandomAccess.Read(handle, line, place.Offset);
            return StoreFileReader.Parse(line.AsSpan(0, read), VerdictLayout.Lines.StoreLine)?.Fault;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _good.Dispose();
        _objects.Dispose();
        _facts.Dispose();
    }

    private void ReadFile(string path, CancellationToken cancellation)
    {
        try
        {
            using var file = new StoreFileReader(path);
            if (!file.Read(out ReadOnlySpan<byte> first))
            {
                return;
            }

            StoreHeader? header = StoreFileReader.Parse(first, VerdictLayout.Lines.StoreHeader);
            if (header is not { Version: StoreHeader.CurrentVersion })
            {
                _log.StoreFilePassedOver(path, header is null ? "it is no file of a verdict store" : $"it has version {header.Version}");
                return;
            }

            long passedOver = 0;
            while (file.Read(out ReadOnlySpan<byte> line))
            {
                cancellation.ThrowIfCancellationRequested();
                passedOver += Take(line, new StoredFaultLocation(path, file.LineOffset, line.Length, 0)) ? 0 : 1;
            }

            if (passedOver > 0)
            {
                _log.StoreLinesPassedOver(passedOver, path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.StoreFilePassedOver(path, error.Message);
        }
    }

    private bool Take(ReadOnlySpan<byte> bytes, StoredFaultLocation place)
    {
        if (StoreFileReader.Parse(bytes, VerdictLayout.Lines.StoreLine) is not { } line)
        {
            return false;
        }

        if (line.Identity is not { } identity)
        {
            return line.Are is not null;
        }

        if (!_settings.TryGetValue(line.Settings, out string? partOf))
        {
            return true;
        }

        // Of a whole clip the part that is wanted has only such faults for certain.
        if (partOf is not null && line.Fault is not { Fault: FaultKind.Missing or FaultKind.Unsupported })
        {
            return true;
        }

        if (identity.Name.IsObject)
        {
            _objects.Add(identity.Name.Key);
        }

        UInt128 key = identity.KeyUnder(partOf ?? line.Settings);
        long at = line.At ?? 0;
        bool isKnown = _faults.TryGetValue(key, out StoredFaultLocation before);
        if (line.Fault is not null)
        {
            if (!isKnown || before.At <= at)
            {
                _faults[key] = place with { At = at, File = Same(place.File) };
                _faultyNames.Add(identity.Name.Key);
            }
        }
        else if (!isKnown || before.At < at)
        {
            _faults.Remove(key);
            _good.Add(key);
            if (line.Facts is not null)
            {
                _facts.Add(key, place.File, place.Offset);
            }
        }

        return true;
    }

    private string Same(string file) => _known.TryAdd(file, file) ? file : _known[file];

    /// <summary>Where a fault stands.</summary>
    /// <param name="File">The file of the store.</param>
    /// <param name="Offset">Where its line begins.</param>
    /// <param name="Length">Bytes of the line.</param>
    /// <param name="At">When it was found, in seconds since 1970.</param>
    internal readonly record struct StoredFaultLocation(string File, long Offset, int Length, long At);
}

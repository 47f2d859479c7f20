using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;

using ClipGuard.Media;
using ClipGuard.Runs;

namespace ClipGuard.Verdicts;

/// <summary>
/// The clips of a store that give no data, as they were at one moment: a file that never changes and is named by the hash of its content, so that many
/// processes can be sure to have the same one. Any thread may ask it.
/// </summary>
internal sealed class VerdictSnapshot
{
    private readonly HashSet<UInt128> _names;

    private VerdictSnapshot(string id, IReadOnlyDictionary<ClipKind, VerdictConditions> conditions, HashSet<UInt128> names)
    {
        Id = id;
        Conditions = conditions;
        _names = names;
    }

    /// <summary>Its name: 32 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>What its verdicts were come to under.</summary>
    public IReadOnlyDictionary<ClipKind, VerdictConditions> Conditions { get; }

    /// <summary>Clips that give no data.</summary>
    public int Count => _names.Count;

    /// <summary>Whether a clip of this name gave no data.</summary>
    public bool Has(ClipName name) => _names.Contains(name.Key);

    /// <summary>Writes a snapshot into the store, unless it is there already.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="conditions">What its verdicts were come to under.</param>
    /// <param name="faults">The clips.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static string Write(string folder, IReadOnlyDictionary<ClipKind, VerdictConditions> conditions, IEnumerable<SnapshotLine> faults)
    {
        using var content = new MemoryStream();
        var header = new SnapshotHeader { Are = conditions.OrderBy(static pair => pair.Key).ToDictionary(static pair => pair.Key, static pair => pair.Value) };
        content.Write([.. JsonSerializer.SerializeToUtf8Bytes(header, VerdictLayout.Lines.SnapshotHeader), (byte)'\n']);
        foreach (SnapshotLine line in faults.DistinctBy(static line => line.Name.Text).OrderBy(static line => line.Name.Text, StringComparer.Ordinal))
        {
            content.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, VerdictLayout.Lines.SnapshotLine), (byte)'\n']);
        }

        ReadOnlySpan<byte> bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        string id = IdOf(bytes);
        string path = StoreFiles.Snapshot(folder, id);
        try
        {
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                AtomicFile.Write(path, bytes);
            }
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(path, error);
        }

        return id;
    }

    /// <summary>Reads a snapshot and makes sure that it is the one that is meant.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="id">Its id.</param>
    /// <param name="wanted">
    /// What verdicts are to have been come to under. Of those on whole clips, where parts are wanted, only the ones count that hold for parts.
    /// </param>
    /// <exception cref="SnapshotException">It is not there, is damaged, or its verdicts do not count under these conditions.</exception>
    public static VerdictSnapshot Read(string folder, string id, IReadOnlyDictionary<ClipKind, VerdictConditions> wanted)
    {
        string path = StoreFiles.Snapshot(folder, id);
        byte[] bytes;
        try
        {
            bytes = IsId(id) ? File.ReadAllBytes(path) : throw new SnapshotException($"'{id}' is no id of a snapshot: these are 32 hexadecimal digits");
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw new SnapshotException($"the snapshot {path} cannot be read: {error.Message.TrimEnd('.')}", error);
        }

        if (IdOf(bytes) is var found && found != id)
        {
            throw new SnapshotException($"{path} is damaged: its content makes it {found}");
        }

        ReadOnlySpan<byte> rest = bytes;
        SnapshotHeader header = StoreFileReader.Parse(TakeLine(ref rest), VerdictLayout.Lines.SnapshotHeader) is { Version: SnapshotHeader.CurrentVersion } read
            ? read
            : throw new SnapshotException($"{path} is no snapshot of this version of ClipGuard");
        HashSet<ClipKind> onlyForParts = Compare(header.Are, wanted, id);
        var names = new HashSet<UInt128>();
        while (!rest.IsEmpty)
        {
            SnapshotLine line = StoreFileReader.Parse(TakeLine(ref rest), VerdictLayout.Lines.SnapshotLine)
                ?? throw new SnapshotException($"{path} has a line that is none of a snapshot");
            if (wanted.ContainsKey(line.Kind) && (line.Fault is FaultKind.Missing or FaultKind.Unsupported || !onlyForParts.Contains(line.Kind)))
            {
                names.Add(line.Name.Key);
            }
        }

        return new VerdictSnapshot(id, header.Are, names);
    }

    private static HashSet<ClipKind> Compare(
        IReadOnlyDictionary<ClipKind, VerdictConditions> had, IReadOnlyDictionary<ClipKind, VerdictConditions> wanted, string id)
    {
        var onlyForParts = new HashSet<ClipKind>();
        foreach ((ClipKind kind, VerdictConditions now) in wanted)
        {
            if (!had.TryGetValue(kind, out VerdictConditions? then) || then.Id == now.Id)
            {
                continue;
            }

            if (then.Id != now.OfWholeClip?.Id)
            {
                throw new SnapshotException(
                    $"the snapshot {id} has verdicts that do not count here: of {kind} clips, {string.Join(", ", VerdictConditions.Differences(then, now))}");
            }

            onlyForParts.Add(kind);
        }

        return onlyForParts;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = bytes[..(end < 0 ? bytes.Length : end)];
        bytes = end < 0 ? default : bytes[(end + 1)..];
        return line;
    }

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    private static string IdOf(ReadOnlySpan<byte> content) => XxHash128.HashToUInt128(content).ToString("x32", CultureInfo.InvariantCulture);
}

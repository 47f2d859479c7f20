using System.Globalization;

using ClipGuard.Launchers;

namespace ClipGuard.Manifests.Sharding;

/// <summary>
/// Which of the equal shares of a manifest one job has. Shares are counted from 0, as the tasks of <c>--array=0-15</c>, the pods of a Kubernetes Indexed Job
/// and ranks are, so that what a scheduler says is used as it stands.
/// </summary>
/// <param name="Index">In [0, <paramref name="Count"/>).</param>
/// <param name="Count">How many shares there are; at least 1.</param>
public readonly record struct ShardNumber(int Index, int Count)
{
    private const string FolderPrefix = "shard-";
    private const string Of = "-of-";

    /// <summary>The name of the folder for what is found in this share: <c>shard-0003-of-0016</c>.</summary>
    public string FolderName => string.Create(CultureInfo.InvariantCulture, $"{FolderPrefix}{Index:D4}{Of}{Count:D4}");

    /// <summary>Reads <c>3/16</c>.</summary>
    /// <param name="text">The index, a slash and the count.</param>
    /// <exception cref="FormatException">It is no such text, or the index is not below the count.</exception>
    public static ShardNumber Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !TryParse(parts[0], out int index) || !TryParse(parts[1], out int count) || count < 1)
        {
            throw new FormatException($"'{text}' is no shard such as 3/16: its number from 0 on, a slash, and how many there are");
        }

        return index < count ? new ShardNumber(index, count)
            : throw new FormatException($"there is no shard {text}: shards are counted from 0, so that {count} of them are 0/{count} to {count - 1}/{count}");
    }

    /// <summary>
    /// The share of this process, by what its launcher says: a Slurm array or step, a Kubernetes Indexed Job, torchrun, Open MPI, MPICH and others, as for
    /// <c>RankInfo.FromEnvironment</c>. Each task of an array has shares of its own.
    /// </summary>
    /// <param name="source">The launcher, and its variables with their values.</param>
    /// <exception cref="LaunchException">No launcher says anything, two contradict each other, or one says only half.</exception>
    public static ShardNumber FromEnvironment(out string source) => FromEnvironment(Environment.GetEnvironmentVariable, out source);

    internal static ShardNumber FromEnvironment(Func<string, string?> lookup, out string source)
    {
        LaunchedProcess found = LaunchedProcess.FindShare(lookup) ?? throw new LaunchException(
            "no launcher's variables say which of several processes this one is (Slurm array or step, Kubernetes Indexed Job, torchrun, Open MPI, MPICH, …): "
            + "say it with --shard I/N");
        source = found.Source;
        return new ShardNumber(found.Index, found.Count);
    }

    /// <summary>Reads the name of a folder.</summary>
    /// <param name="name">The last part of the folder's path.</param>
    /// <returns>Null where it is none for a share.</returns>
    public static ShardNumber? OfFolder(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] parts = name.StartsWith(FolderPrefix, StringComparison.Ordinal) ? name[FolderPrefix.Length..].Split(Of) : [];
        return parts.Length == 2 && TryParse(parts[0], out int index) && TryParse(parts[1], out int count) && index < count
            && new ShardNumber(index, count) is var number && number.FolderName == name ? number : null;
    }

    /// <summary>As the command line has it: <c>3/16</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>The first of so many equal things that belongs to this share; the share ends where the next one begins.</summary>
    /// <param name="length">How many there are.</param>
    public long Begin(long length) => Begin(length, Index);

    /// <summary>Where this share of so many equal things ends.</summary>
    /// <param name="length">How many there are.</param>
    public long End(long length) => Begin(length, Index + 1);

    /// <summary>The whole things of this share: those whose middle lies within an equal cut of all bytes.</summary>
    /// <param name="sizes">Bytes of each thing, in order.</param>
    /// <param name="unit">What they are, for <see cref="ShardExtent.Unit"/>.</param>
    internal ShardExtent CutBySize(IReadOnlyList<long> sizes, string unit)
    {
        long total = sizes.Sum();
        (long begin, long end) = (Begin(total), End(total));
        (int from, int to) = (0, 0);
        long before = 0;
        foreach (long bytes in sizes)
        {
            long middle = before + (bytes / 2);
            from += middle < begin ? 1 : 0;
            to += middle < end || Index == Count - 1 ? 1 : 0;
            before += bytes;
        }

        return new ShardExtent(unit, from, to);
    }

    internal void Validate()
    {
        if (Count < 1 || Index < 0 || Index >= Count)
        {
            throw new ArgumentException($"There is no shard {this}: shards are counted from 0.");
        }
    }

    private long Begin(long length, int index) => (long)((Int128)length * index / Count);

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

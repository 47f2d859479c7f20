namespace ClipGuard.Runs;

/// <summary>A count for each kind of fault. Any number of threads.</summary>
/// <typeparam name="TKind">The enumeration of the kinds, whatever numbers its members have.</typeparam>
internal sealed class FaultCounts<TKind>
    where TKind : struct, Enum
{
    private static readonly TKind[] Kinds = Enum.GetValues<TKind>();

    private readonly long[] _counts = new long[Kinds.Length];

    /// <summary>The count of one kind. To set it is for the start, before others count.</summary>
    public long this[TKind kind]
    {
        get => Interlocked.Read(ref _counts[Array.IndexOf(Kinds, kind)]);
        set => Interlocked.Exchange(ref _counts[Array.IndexOf(Kinds, kind)], value);
    }

    /// <summary>All kinds together.</summary>
    public long Sum => Kinds.Sum(kind => this[kind]);

    /// <summary>Counts one.</summary>
    public void Add(TKind kind) => Interlocked.Increment(ref _counts[Array.IndexOf(Kinds, kind)]);
}

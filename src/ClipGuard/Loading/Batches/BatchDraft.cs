using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>A batch in the making: a place for each sample, filled by workers in any order.</summary>
internal sealed class BatchDraft : IDisposable
{
    private readonly Dictionary<ClipKind, TensorDraft> _tensors;
    private readonly SlotResult?[] _results;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    public BatchDraft(long number, PlannedSample?[] plan, Dictionary<ClipKind, TensorDraft> tensors)
    {
        Number = number;
        Plan = plan;
        _tensors = tensors;
        _results = new SlotResult?[plan.Length];
        _open = plan.Length;
    }

    public long Number { get; }

    /// <summary>The samples to fill in; null for padding.</summary>
    public PlannedSample?[] Plan { get; }

    /// <summary>Done once every place is filled.</summary>
    public Task Done => _done.Task;

    /// <summary>Bytes of tensors that the draft holds now.</summary>
    public long Bytes => _tensors.Values.Sum(static tensor => tensor.Bytes);

    public TensorDraft this[ClipKind kind] => _tensors[kind];

    /// <summary>Takes a slot's clips out again.</summary>
    public void Empty(int slot)
    {
        foreach (TensorDraft tensor in _tensors.Values)
        {
            tensor.Empty(slot);
        }
    }

    /// <summary>Fills a place.</summary>
    public void Fill(int slot, SlotResult result)
    {
        _results[slot] = result;
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _done.SetResult();
        }
    }

    /// <summary>Makes the batch. Call it once, when all is filled; the memory is the batch's from then on.</summary>
    /// <exception cref="BadSampleException">A sample is bad, and the loader is to end with it.</exception>
    public Batch Finish(LoaderOptions options, BatchMemory memory, out IReadOnlyDictionary<ClipKind, int[]> shapes)
    {
        SlotResult[] results = [.. _results.Select(static result => result!)];
        if (results.FirstOrDefault(static result => result.Fatal is not null) is { Fatal: { } fatal })
        {
            throw fatal;
        }

        int[] kept = [.. Enumerable.Range(0, results.Length).Where(slot => results[slot].Sample is not null)];
        var tensors = new List<BatchTensor>();
        var largest = new Dictionary<ClipKind, int[]>();
        foreach ((ClipKind kind, TensorDraft draft) in _tensors)
        {
            if (draft.Finish(kept, options.ClipsPerSample) is { } tensor)
            {
                tensors.Add(tensor);
                largest.Add(kind, [.. tensor.Shape[(options.ClipsPerSample == 1 ? 1 : 2)..].ToArray().Select(static length => (int)length)]);
            }
        }

        shapes = largest;
        return new Batch(Number, [.. kept.Select(slot => results[slot].Sample!)], tensors, memory, new BatchReport
        {
            Faults = [.. results.SelectMany(static result => result.Faults)],
            Tries = results.Sum(static result => result.Tries),
            Clips = results.Sum(static result => result.Clips),
            Bytes = results.Sum(static result => result.Bytes),
            DecodeTime = TimeSpan.FromTicks(results.Sum(static result => result.DecodeTime.Ticks)),
        });
    }

    public void Dispose()
    {
        foreach (TensorDraft tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }
}

/// <summary>What filling one place of a batch came to.</summary>
/// <param name="Sample">What stands there; null where the place is left out.</param>
/// <param name="Faults">What failed on the way.</param>
internal sealed record SlotResult(BatchSample? Sample, IReadOnlyList<SampleFault> Faults)
{
    public int Tries { get; init; }

    public int Clips { get; init; }

    public long Bytes { get; init; }

    public TimeSpan DecodeTime { get; init; }

    /// <summary>Ends the loader when the batch's turn comes; null where it goes on.</summary>
    public Exception? Fatal { get; init; }
}

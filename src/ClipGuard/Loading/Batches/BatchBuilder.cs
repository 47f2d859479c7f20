using System.Diagnostics;

using ClipGuard.Manifests;
using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>A batch while it is made: a slot for each sample, filled by workers in any order.</summary>
internal sealed class BatchBuilder : IDisposable
{
    private readonly Dictionary<ClipKind, ClipTensorBuilder> _tensors;
    private readonly SlotResult?[] _results;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private long _doneAt;

    public BatchBuilder(PlannedBatch planned, Dictionary<ClipKind, ClipTensorBuilder> tensors, PrefetchGate.Reservation reservation)
    {
        Planned = planned;
        Reservation = reservation;
        _tensors = tensors;
        _results = new SlotResult?[planned.Samples.Length];
        _open = planned.Samples.Length;
    }

    public PlannedBatch Planned { get; }

    public long Number => Planned.Number;

    /// <summary>When it was begun.</summary>
    public DateTimeOffset Began { get; } = DateTimeOffset.UtcNow;

    /// <summary>The samples to fill in; null for padding.</summary>
    public IReadOnlyList<PlannedSample?> Plan => Planned.Samples;

    /// <summary>Its share of <see cref="LoaderOptions.PrefetchBatches"/> and <see cref="LoaderOptions.PrefetchBytes"/>.</summary>
    public PrefetchGate.Reservation Reservation { get; }

    /// <summary>Slots that are not filled yet.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Done once every slot is filled.</summary>
    public Task Done => _done.Task;

    /// <summary>How long ago that was.</summary>
    public TimeSpan SinceDone => Stopwatch.GetElapsedTime(_doneAt);

    public ClipTensorBuilder this[ClipKind kind] => _tensors[kind];

    /// <summary>Removes a slot's clips.</summary>
    public void Empty(int slot)
    {
        foreach (ClipTensorBuilder tensor in _tensors.Values)
        {
            tensor.Empty(slot);
        }
    }

    /// <summary>Fills a slot.</summary>
    public void Fill(int slot, SlotResult result)
    {
        _results[slot] = result;
        int open = Interlocked.Decrement(ref _open);
        LoaderTelemetry.Filled(isLast: open == 0);
        if (open == 0)
        {
            Reservation.Complete();
            _doneAt = Stopwatch.GetTimestamp();
            _done.SetResult();
        }
    }

    /// <summary>Makes the batch. Call it once, when all is filled; the memory is the batch's from then on.</summary>
    /// <exception cref="BadSampleException">A sample is bad, and the loader is to end with it.</exception>
    public Batch Finish(LoaderOptions options, BatchMemory memory, out IReadOnlyDictionary<ClipKind, int[]> shapes)
    {
        SlotResult[] results = [.. _results.Select(static result => result!)];
        if (_tensors.Values.Any(static tensor => tensor.HasOverflow))
        {
            DropWhatDoesNotFit(results, options);
        }

        if (results.FirstOrDefault(static result => result.Fatal is not null) is { Fatal: { } fatal })
        {
            throw fatal;
        }

        int[] kept = [.. Enumerable.Range(0, results.Length).Where(slot => results[slot].Sample is not null)];
        var tensors = new List<BatchTensor>();
        var largest = new Dictionary<ClipKind, int[]>();
        try
        {
            foreach ((ClipKind kind, ClipTensorBuilder builder) in _tensors)
            {
                tensors.AddRange(builder.Finish(kept, out int[]? shape));
                if (shape is not null)
                {
                    largest.Add(kind, shape);
                }
            }
        }
        catch
        {
            tensors.ForEach(static tensor => tensor.Release());
            throw;
        }

        shapes = largest;
        return new Batch(Number, [.. kept.Select(slot => results[slot].Sample!)], tensors, memory, new BatchReport
        {
            Faults = [.. results.SelectMany(static result => result.Faults)],
            TriedRowCount = results.Sum(static result => result.RowsTried),
            ClipCount = results.Sum(static result => result.Clips),
            Bytes = results.Sum(static result => result.Bytes),
            TensorBytes = tensors.Where(static tensor => tensor.Clips.Count > 0).Sum(static tensor => tensor.ElementBytes),
            DecodeTime = TimeSpan.FromTicks(results.Sum(static result => result.DecodeTime.Ticks)),
        })
        {
            Began = Began,
            PlannedFrom = Planned.Start,
        };
    }

    public void Dispose()
    {
        foreach (ClipTensorBuilder tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }

    // Each clip fits alone, but a wide and a high one pad each other and may together exceed the limit. Samples are kept in the order of their slots, since
    // which ones stay must not depend on the order in which decodes end.
    private void DropWhatDoesNotFit(SlotResult[] results, LoaderOptions options)
    {
        var kept = new List<int>();
        for (int slot = 0; slot < results.Length; slot++)
        {
            if (results[slot].Sample is not { IsMasked: false } sample)
            {
                continue;
            }

            SampleFault? fault = null;
            kept.Add(slot);
            foreach ((ClipKind kind, ClipTensorBuilder tensor) in _tensors)
            {
                long bytes = tensor.BytesOf(kept);
                fault ??= bytes > options.MaxPaddedBytes ? DoesNotFit(sample, kind, bytes, options.MaxPaddedBytes) : null;
            }

            if (fault is null)
            {
                continue;
            }

            kept.Remove(slot);

            Empty(slot);
            SlotResult before = results[slot];
            results[slot] = SlotResult.Without(options.OnBadSample, [.. before.Faults, fault]) with
            {
                RowsTried = before.RowsTried,
                DecodeTime = before.DecodeTime,
            };
        }
    }

    private static SampleFault DoesNotFit(BatchSample sample, ClipKind kind, long bytes, long most)
    {
        ClipReference clip = sample.Sample!.Clips.First(clip => clip.Kind == kind);
        string message = $"Together with the clips before it in its batch this one would be padded to {bytes} bytes, more than the {most} that "
            + $"{nameof(LoaderOptions.MaxPaddedBytes)} allows; a smaller batch or a fixed size helps.";
        return new SampleFault(sample.Position, sample.SubstituteNumber, sample.Line, message)
        {
            Origin = sample.Origin,
            Clip = clip,
            Kind = FaultKind.LimitExceeded,
        };
    }
}

namespace ClipGuard.Loading;

/// <summary>Samples that are trained on together. Dispose it after use: its memory then serves another batch.</summary>
public sealed class Batch : IDisposable
{
    private readonly Dictionary<string, BatchTensor> _tensors;
    private readonly BatchMemory _memory;

    internal Batch(long number, IReadOnlyList<BatchSample> samples, IEnumerable<BatchTensor> tensors, BatchMemory memory, BatchReport report)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Number = number;
        Samples = samples;
        Mask = [.. samples.Select(static sample => !sample.IsMasked)];
        Report = report;
        _memory = memory;
        _tensors = tensors.ToDictionary(static tensor => tensor.Name);
    }

    /// <summary>
    /// A batch that no loader has made, as a test of a training loop needs it. <see cref="Add"/> gives it tensors.
    /// </summary>
    /// <param name="number">Its number.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="state">The state that it is to have.</param>
    /// <param name="memory">Where its tensors are built; null for pinned arrays.</param>
    public Batch(long number, IReadOnlyList<BatchSample> samples, LoaderState state, BatchMemory? memory = null)
        : this(number, samples, [], memory ?? new PooledBatchMemory(maxKeptBytes: 0), new BatchReport())
    {
        ArgumentNullException.ThrowIfNull(state);
        State = state;
    }

    /// <summary>0-based number of the batch on this rank, counted from where the present number of ranks began.</summary>
    public long Number { get; }

    /// <summary>The samples, in the order of the tensors' first dimension.</summary>
    public IReadOnlyList<BatchSample> Samples { get; }

    /// <summary>For each sample whether it is real: false for padding and masked samples, whose tensors are zero.</summary>
    public IReadOnlyList<bool> Mask { get; }

    /// <summary>
    /// The tensors by name. Every kind of clip that the loader decodes has one in every batch. Where a batch has no clip
    /// of a kind, it is zero, and as long in each dimension as the spec says, or 1 where the spec leaves that open.
    /// </summary>
    public IReadOnlyDictionary<string, BatchTensor> Tensors => _tensors;

    /// <summary>What went wrong, and how long it took.</summary>
    public BatchReport Report { get; internal set; }

    /// <summary>When the first of its samples was given to a worker.</summary>
    internal DateTimeOffset Began { get; init; }

    /// <summary>From where on the batch was planned.</summary>
    internal PlanStart PlannedFrom { get; init; }

    /// <summary>The loader's state once this batch is consumed.</summary>
    public LoaderState State { get; internal set; } = null!;

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public BatchTensor this[string name] => _tensors.TryGetValue(name, out BatchTensor? tensor)
        ? tensor
        : throw new KeyNotFoundException($"The batch has no tensor '{name}'; it has {(_tensors.Count == 0 ? "none" : string.Join(", ", _tensors.Keys))}.");

    /// <summary>Adds a tensor of zeros, to be filled by a collate hook.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="byte"/>, <see cref="int"/> or <see cref="long"/>.</typeparam>
    /// <param name="name">A name that the batch does not have yet.</param>
    /// <param name="shape">Length of each dimension, outermost first.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    /// <exception cref="NotSupportedException">The type is another one.</exception>
    public BatchTensor Add<T>(string name, params ReadOnlySpan<nint> shape)
        where T : unmanaged
    {
        if (_tensors.ContainsKey(name))
        {
            throw new ArgumentException($"The batch has a tensor '{name}' already.", nameof(name));
        }

        var tensor = BatchTensor.Dense(name, BatchTensor.ElementOf<T>(), _memory, shape);
        _tensors.Add(name, tensor);
        return tensor;
    }

    /// <summary>
    /// Takes a tensor out of the batch: its memory outlives the batch and belongs to the caller, who disposes the block after the last use.
    /// The <see cref="BatchTensor"/> itself must not be used any more.
    /// </summary>
    public BatchBlock Detach(string name)
    {
        BatchTensor tensor = this[name];
        _tensors.Remove(name);
        tensor.Abandon();
        return tensor.Block;
    }

    /// <summary>Gives the memory of all tensors back. Calling it again does nothing.</summary>
    public void Dispose()
    {
        foreach (BatchTensor tensor in _tensors.Values)
        {
            tensor.Release();
        }
    }
}

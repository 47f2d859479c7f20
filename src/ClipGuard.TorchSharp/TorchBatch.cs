using ClipGuard.Loading;

using TorchSharp;

namespace ClipGuard.Torch;

/// <summary>
/// A batch as tensors. They were made in the dispose scope in which <see cref="TorchBatches.ToTorch"/> was called and end with it; without a scope
/// they end with this object. Views of them may live on.
/// </summary>
public sealed class TorchBatch : IDisposable
{
    private readonly IReadOnlyDictionary<string, torch.Tensor> _tensors;

    private readonly IReadOnlyDictionary<string, long[][]> _clips;

    internal TorchBatch(
        IReadOnlyDictionary<string, torch.Tensor> tensors, IReadOnlyDictionary<string, long[][]> clips, torch.Tensor mask, Batch batch)
    {
        _tensors = tensors;
        _clips = clips;
        Mask = mask;
        Samples = batch.Samples;
        Report = batch.Report;
        State = batch.State;
    }

    /// <summary>
    /// The tensors by name: <c>audio</c> float32 <c>[batch, channels, samples]</c>, <c>video</c> uint8 <c>[batch, frames, height, width, 3]</c>, …
    /// </summary>
    public IReadOnlyDictionary<string, torch.Tensor> Tensors => _tensors;

    /// <summary>For each sample whether it is real: bool <c>[batch]</c>, on the tensors' device.</summary>
    public torch.Tensor Mask { get; }

    /// <inheritdoc cref="Batch.Samples"/>
    public IReadOnlyList<BatchSample> Samples { get; }

    /// <inheritdoc cref="Batch.Report"/>
    public BatchReport Report { get; }

    /// <inheritdoc cref="Batch.State"/>
    public LoaderState State { get; }

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public torch.Tensor this[string name] => _tensors[name];

    /// <summary>
    /// The clips of ragged values (<see cref="BatchLayout.Ragged"/>), sample by sample, each in its own shape: views, which are the caller's to dispose.
    /// </summary>
    /// <param name="name">Of the values: <c>audio</c>, <c>video</c> or <c>image</c>.</param>
    /// <exception cref="KeyNotFoundException">The batch has no ragged values of that name.</exception>
    public IReadOnlyList<torch.Tensor> Split(string name)
    {
        var views = new List<torch.Tensor>();
        using torch.Tensor flat = _tensors[name].view(-1);
        long start = 0;
        foreach (long[] shape in _clips[name])
        {
            long elements = shape.Aggregate(1L, static (product, length) => product * length);
            using torch.Tensor clip = flat.narrow(0, start, elements);
            views.Add(clip.view(shape));
            start += elements;
        }

        return views;
    }

    /// <summary>Ends all tensors.</summary>
    public void Dispose()
    {
        foreach (torch.Tensor tensor in _tensors.Values)
        {
            tensor.Dispose();
        }

        Mask.Dispose();
    }
}

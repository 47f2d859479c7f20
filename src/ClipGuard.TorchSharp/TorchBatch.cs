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

    internal TorchBatch(IReadOnlyDictionary<string, torch.Tensor> tensors, torch.Tensor mask, Batch batch)
    {
        _tensors = tensors;
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

using ClipGuard.Loading;

using TorchSharp;

namespace ClipGuard.Torch;

/// <summary>Turns batches into tensors.</summary>
public static class TorchBatches
{
    /// <summary>
    /// Moves a batch into tensors on a device, and disposes the batch. With <see cref="TorchBatchMemory"/> nothing is copied on the CPU: there the
    /// tensors are the batch's memory, and to CUDA it is copied without blocking. With other memory each tensor is copied once.
    /// Tensors may be strided.
    /// </summary>
    /// <param name="batch">The batch; it must not be used any more.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    public static TorchBatch ToTorch(this Batch batch, torch.Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        device ??= torch.CPU;
        using (batch)
        {
            var tensors = new Dictionary<string, torch.Tensor>();
            var clips = new Dictionary<string, long[][]>();
            try
            {
                foreach (string name in batch.Tensors.Keys.ToArray())
                {
                    if (batch[name].IsRagged)
                    {
                        clips.Add(name, [.. batch[name].Clips.Select(static clip => clip!.Shape.Select(static length => (long)length).ToArray())]);
                    }

                    tensors.Add(name, Move(batch, name, device));
                }

                return new TorchBatch(tensors, clips, MaskOf(batch, device), batch);
            }
            catch
            {
                foreach (torch.Tensor tensor in tensors.Values)
                {
                    tensor.Dispose();
                }

                throw;
            }
        }
    }

    // Page-locked: a copy from pageable memory would wait until the device has done everything that was queued before.
    private static torch.Tensor MaskOf(Batch batch, torch.Device device)
    {
        torch.Tensor mask = torch.tensor(batch.Mask.ToArray(), dtype: torch.ScalarType.Bool);
        if (device.type != DeviceType.CUDA)
        {
            return device.type == DeviceType.CPU ? mask : To(mask, device);
        }

        using (mask)
        {
            // libtorch keeps page-locked memory until the device has read it.
            using torch.Tensor locked = mask.pin_memory();
            torch.Tensor there = torch.empty(mask.NumberOfElements, dtype: torch.ScalarType.Bool, device: device);
            there.copy_(locked, nonBlocking: true);
            return there;
        }
    }

    private static torch.Tensor To(torch.Tensor tensor, torch.Device device)
    {
        using (tensor)
        {
            return tensor.to(device.type, device.index, copy: true);
        }
    }

    private static torch.Tensor Move(Batch batch, string name, torch.Device device)
    {
        BatchTensor tensor = batch[name];
        long[] shape = [.. tensor.Shape.ToArray().Select(static length => (long)length)];
        long[] strides = [.. tensor.Strides.ToArray().Select(static stride => (long)stride)];
        torch.ScalarType type = tensor.Element.ToScalarType();
        long elements = tensor.SpanBytes / type.ByteSize();
        if (tensor.Block is not TorchBlock block)
        {
            using torch.Tensor copy = Copy(tensor, elements, type);
            if (device.type == DeviceType.CPU)
            {
                return copy.as_strided(shape, strides);
            }

            using torch.Tensor whole = OnDevice(copy, elements, device, out torch.Tensor? done);
            done?.Dispose();
            return whole.as_strided(shape, strides);
        }

        torch.Tensor storage = block.Take();
        batch.Detach(name);
        if (device.type == DeviceType.CPU)
        {
            using (storage)
            {
                return storage.as_strided(shape, strides);
            }
        }

        torch.Tensor there;
        torch.Tensor? fence;
        try
        {
            using torch.Tensor moved = OnDevice(storage, elements, device, out fence);
            there = moved.as_strided(shape, strides);
        }
        catch
        {
            // The device may still read the storage. Without a fence it cannot be known when that ends, so the block is not kept for reuse but freed, which
            // libtorch delays until the device is done.
            storage.Dispose();
            throw;
        }

        block.Owner.Keep(storage, fence);
        return there;
    }

    private static unsafe torch.Tensor Copy(BatchTensor tensor, long elements, torch.ScalarType type)
    {
        torch.Tensor copy = torch.empty(elements, dtype: type);
        if (elements == 0)
        {
            return copy;
        }

        new ReadOnlySpan<byte>((void*)tensor.Address, checked((int)tensor.SpanBytes)).CopyTo(copy.bytes);
        return copy;
    }

    private static torch.Tensor OnDevice(torch.Tensor storage, long elements, torch.Device device, out torch.Tensor? fence)
    {
        using torch.Tensor used = storage.narrow(0, 0, elements);
        torch.Tensor moved = torch.empty(elements, dtype: storage.dtype, device: device);
        moved.copy_(used, nonBlocking: true);
        fence = device.type == DeviceType.CUDA ? Fence(device) : null;
        return moved;
    }

    // A page-locked byte that the device sets to 1 after everything that was queued before.
    private static torch.Tensor Fence(torch.Device device)
    {
        using torch.Tensor zero = torch.zeros(1, dtype: torch.ScalarType.Byte);
        torch.Tensor fence = zero.pin_memory().DetachFromDisposeScope();
        using torch.Tensor one = torch.ones(1, dtype: torch.ScalarType.Byte, device: device);
        fence.copy_(one, nonBlocking: true);
        return fence;
    }
}

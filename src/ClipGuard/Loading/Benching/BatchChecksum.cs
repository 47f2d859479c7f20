using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Loading;

/// <summary>A hash of everything that a batch delivers: equal for equal batches, whatever the number of workers.</summary>
/// <param name="Epoch">0-based.</param>
/// <param name="Batch">Number of the batch.</param>
/// <param name="Sha256">Over the samples' lines and substitute numbers, and the tensors' names, shapes and elements without gaps; in hexadecimal.</param>
public sealed record BatchChecksum(int Epoch, long Batch, string Sha256)
{
    /// <summary>Reads all of a batch.</summary>
    public static BatchChecksum Of(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (BatchSample sample in batch.Samples)
        {
            Append(hash, $"{sample.Origin}:{sample.Line}:{sample.SubstituteNumber}:{sample.IsMasked};");
        }

        foreach (BatchTensor tensor in batch.Tensors.Values.OrderBy(static tensor => tensor.Name, StringComparer.Ordinal))
        {
            Append(hash, $"{tensor.Name}:{tensor.Element}:{string.Join(',', tensor.Shape.ToArray())};");
            AppendElements(hash, tensor);
        }

        return new BatchChecksum(batch.State.Epoch, batch.Number, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));

    private static unsafe void AppendElements(IncrementalHash hash, BatchTensor tensor)
    {
        ReadOnlySpan<nint> shape = tensor.Shape;
        int elementBytes = BatchTensor.SizeOf(tensor.Element);

        // Trailing dimensions without gaps are contiguous and hashed at once; the dimensions before them are iterated over.
        int walked = shape.Length;
        nint run = 1;
        while (walked > 0 && (shape[walked - 1] <= 1 || tensor.Strides[walked - 1] == run))
        {
            run *= shape[--walked];
        }

        if (run > 0)
        {
            Walk(hash, (byte*)tensor.Address, shape[..walked], tensor.Strides[..walked], checked((int)(run * elementBytes)), elementBytes);
        }
    }

    private static unsafe void Walk(IncrementalHash hash, byte* start, ReadOnlySpan<nint> shape, ReadOnlySpan<nint> strides, int runBytes, int elementBytes)
    {
        if (shape.IsEmpty)
        {
            hash.AppendData(new ReadOnlySpan<byte>(start, runBytes));
            return;
        }

        for (nint i = 0; i < shape[0]; i++)
        {
            Walk(hash, start + (i * strides[0] * elementBytes), shape[1..], strides[1..], runBytes, elementBytes);
        }
    }
}

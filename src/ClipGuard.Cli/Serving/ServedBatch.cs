using ClipGuard.Loading;
using ClipGuard.Media;

namespace ClipGuard.Cli.Serving;

/// <summary>A batch as its payload begins with it; the elements of its tensors follow, each from the next multiple of 8 bytes on.</summary>
internal sealed record ServedBatch(long Number, int Epoch, ServedSample[] Samples, ServedTensor[] Tensors, ServedSampleFault[] Faults, string State)
{
    public static ServedBatch Of(Batch batch, IReadOnlyList<BatchTensor> tensors, int epoch) => new(
        batch.Number,
        epoch,
        [.. batch.Samples.Select(ServedSample.Of)],
        [.. tensors.Select(ServedTensor.Of)],
        [.. batch.Report.Faults.Select(ServedSampleFault.Of)],
        batch.State.ToJson());
}

/// <summary>One sample of a batch.</summary>
internal sealed record ServedSample(long Position, long Line, string? Origin, int Substitute, bool Masked, ServedMessage[] Messages)
{
    public static ServedSample Of(BatchSample sample) => new(
        sample.Position,
        sample.Line,
        sample.Origin,
        sample.SubstituteNumber,
        sample.IsMasked,
        [.. (sample.Sample?.Messages ?? []).Select(static message => new ServedMessage(message.Role.ToString().ToLowerInvariant(), message.Content))]);
}

/// <summary>One message of a sample.</summary>
internal sealed record ServedMessage(string Role, string Content);

/// <summary>One tensor of a batch: its elements lie so far apart as the strides say, in elements.</summary>
internal sealed record ServedTensor(string Name, TensorElement Element, long[] Shape, long[] Strides, IReadOnlyList<int> Lengths)
{
    public static ServedTensor Of(BatchTensor tensor) =>
        new(tensor.Name, tensor.Element, [.. Numbers(tensor.Shape)], [.. Numbers(tensor.Strides)], tensor.Lengths);

    private static long[] Numbers(ReadOnlySpan<nint> numbers)
    {
        long[] all = new long[numbers.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = numbers[i];
        }

        return all;
    }
}

/// <summary>Why a row gave no sample.</summary>
internal sealed record ServedSampleFault(
    long Position, int Substitute, long Line, string? Origin, string? Clip, FaultKind? Kind, string Message, ServedFault? Verdict)
{
    public static ServedSampleFault Of(SampleFault fault) => new(
        fault.Position, fault.SubstituteNumber, fault.Line, fault.Origin, fault.Clip?.AsWritten, fault.Kind, fault.Message, Told(fault));

    private static ServedFault? Told(SampleFault fault) => fault.Verdict is { } verdict
        ? new ServedFault(verdict.Kind, verdict.Stage, verdict.Message, verdict.Decoder, ServedPostMortem.Of(verdict.PostMortem))
        : null;
}

/// <summary>The end of an epoch: what came of it, and the state from which the next one begins.</summary>
internal sealed record ServedEpoch(int Epoch, long Batches, long Samples, long Substitutes, long Masked, long BadRows, long Unsettled, string State)
{
    public IReadOnlyDictionary<FaultKind, long> Faults { get; init; } = new Dictionary<FaultKind, long>();

    public static ServedEpoch Of(EpochReport report, LoaderState state) => new(
        report.Epoch,
        report.BatchCount,
        report.SampleCount,
        report.SubstituteCount,
        report.MaskedCount,
        report.BadRowCount,
        report.UnsettledCount,
        state.ToJson())
    {
        Faults = report.Faults,
    };
}

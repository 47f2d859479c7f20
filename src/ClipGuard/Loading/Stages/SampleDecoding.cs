using System.Diagnostics;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Randomness;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>Fills one place of a batch: reads the row, decodes its clips under guard, and looks for a substitute where that fails. Any number of threads.</summary>
internal sealed class SampleDecoding(LoaderOptions options, GuardedDecode decode, int epoch)
{
    private const ulong TransformPurpose = 0x7A4F;

    private readonly ulong _seed = unchecked((ulong)options.Seed);

    /// <summary>Fills a place and says what came of it.</summary>
    public async Task<SlotResult> FillAsync(BatchBuilder builder, int slot, CancellationToken cancellation)
    {
        if (builder.Plan[slot] is not { } planned)
        {
            return new SlotResult(new BatchSample { IsMasked = true }, []);
        }

        var context = new SlotContext(builder, slot, planned);
        var faults = new List<SampleFault>();
        int attempts = options.OnBadSample == BadSamplePolicy.Substitute ? planned.RowsToTry(options.SubstituteAttempts) : 1;
        TimeSpan decodeTime = TimeSpan.Zero;
        Attempt? next = null;
        for (int number = 0; number < attempts; number++)
        {
            Attempt attempt = next ?? await TryAsync(context, number, new BatchSink(builder, slot), number + 1 < attempts, cancellation).ConfigureAwait(false);
            next = attempt.Next;
            decodeTime += attempt.DecodeTime;
            if (attempt.Fault is not { } fault)
            {
                attempt.Held?.MoveIn();
                Transform(builder, slot, planned, attempt.Row!);
                return new SlotResult(Describe(planned, attempt), faults)
                {
                    RowsTried = number + 1,
                    Clips = attempt.Clips,
                    Bytes = attempt.Bytes,
                    DecodeTime = decodeTime,
                };
            }

            builder.Empty(slot);
            faults.Add(fault);
        }

        return SlotResult.Without(options.OnBadSample, faults) with { RowsTried = attempts, DecodeTime = decodeTime };
    }

    private static BatchSample Describe(PlannedSample planned, Attempt attempt) => new()
    {
        Position = planned.Position,
        Sample = attempt.Row!.Sample,
        Line = attempt.Row.Line,
        Origin = attempt.Row.Origin,
        Attempt = attempt.Number,
    };

    private async Task<Attempt> TryAsync(SlotContext context, int number, IClipSink target, bool maySubstitute, CancellationToken cancellation)
    {
        PlannedSample planned = context.Planned;
        ManifestRow row = await planned.ReadAsync(_seed, epoch, number, cancellation).ConfigureAwait(false);
        if (row is not SampleRow sampleRow)
        {
            return new Attempt(number) { Fault = new SampleFault(planned.Position, number, row.Line, ((BadRow)row).Message) { Origin = row.Origin } };
        }

        var attempt = new Attempt(number) { Row = sampleRow, Held = target as BufferedSink };
        if (options.ClipsPerSample is { } most && ClipCounts.FirstOver(most, sampleRow.Sample, kind => options.SpecOf(kind) is not null) is { } over)
        {
            string message = $"The sample has {over.Count} {MediaTags.Noun(over.Kind)} clips, more than "
                + $"{nameof(LoaderOptions)}.{nameof(LoaderOptions.ClipsPerSample)} = {most}; "
                + "set it to the most that a sample may have, or to null.";
            attempt.Fault = new SampleFault(planned.Position, number, row.Line, message) { Origin = row.Origin };
            return attempt;
        }

        int[] indexes = new int[3];
        foreach (ClipReference clip in sampleRow.Sample.Clips)
        {
            if (options.SpecOf(clip.Kind) is not { } spec)
            {
                continue;
            }

            int index = indexes[(int)clip.Kind]++;
            if (clip.Refusal is { } refusal)
            {
                attempt.Fault = FaultOf(planned, attempt, clip, refusal.Kind, refusal.Message);
                return attempt;
            }

            var request = new DecodeRequest(clip.Source!, spec) { Limits = options.Limits };
            await DecodeAsync(context, attempt, clip, index, request, target, maySubstitute, cancellation).ConfigureAwait(false);
            if (attempt.Fault is not null)
            {
                return attempt;
            }
        }

        return attempt;
    }

    private async Task DecodeAsync(
        SlotContext context, Attempt attempt, ClipReference clip, int index, DecodeRequest request, IClipSink target, bool maySubstitute, CancellationToken cancellation)
    {
        // After a first strike the substitute is decoded beside the second try, so that nobody waits for two deadlines and a decode in a row.
        using var unneeded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Attempt>? substitute = null;
        void Struck(ClipFault strike)
        {
            if (maySubstitute)
            {
                var held = new BufferedSink(context.Builder, context.Slot);
                substitute = Task.Run(() => TryAsync(context, attempt.Number + 1, held, maySubstitute: false, unneeded.Token), CancellationToken.None);
            }
        }

        long began = Stopwatch.GetTimestamp();
        try
        {
            using (DecodeOutcome outcome = await decode(request, Struck, cancellation).ConfigureAwait(false))
            {
                TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
                attempt.DecodeTime += elapsed;
                LoaderTelemetry.Decoded(clip.Kind, outcome, elapsed);
                Take(context.Planned, attempt, clip, index, outcome, target);
            }

            if (attempt.Fault is not null && substitute is not null)
            {
                attempt.Next = await substitute.ConfigureAwait(false);
            }
        }
        finally
        {
            if (substitute is { IsCompleted: false })
            {
                await unneeded.CancelAsync().ConfigureAwait(false);
                await ((Task)substitute).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Take(PlannedSample planned, Attempt attempt, ClipReference clip, int index, DecodeOutcome outcome, IClipSink target)
    {
        if (!outcome.IsClip)
        {
            attempt.Fault = FaultOf(planned, attempt, clip, outcome.Fault?.Kind, outcome.Fault?.Message ?? outcome.Unsettled!.Message) with
            {
                Verdict = outcome.Fault,
                Unsettled = outcome.Unsettled,
            };
            return;
        }

        long padded = outcome.Clip.PayloadBytes() * options.BatchSize * (options.ClipsPerSample ?? index + 1);
        if (padded > options.MaxPaddedBytes)
        {
            attempt.Fault = FaultOf(
                planned,
                attempt,
                clip,
                FaultKind.LimitExceeded,
                $"A batch padded to this clip would take {padded} bytes, more than the {options.MaxPaddedBytes} that {nameof(LoaderOptions.MaxPaddedBytes)} allows.");
            return;
        }

        target.Put(clip.Kind, index, outcome.Clip, outcome.Payload);
        attempt.Clips++;
        attempt.Bytes += outcome.Payload.Length;
    }

    private void Transform(BatchBuilder builder, int slot, PlannedSample planned, SampleRow row)
    {
        if (options.Transform is not { } transform)
        {
            return;
        }

        int[] indexes = new int[3];
        foreach (ClipReference clip in row.Sample.Clips)
        {
            if (options.SpecOf(clip.Kind) is not null)
            {
                int index = indexes[(int)clip.Kind]++;
                ulong seed = StableHash.Of(StableHash.Of(_seed, TransformPurpose, (ulong)epoch), (ulong)planned.Position, (ulong)clip.Kind, (ulong)index);
                builder[clip.Kind].Visit(slot, index, view => transform(row.Sample, view, seed));
            }
        }
    }

    private static SampleFault FaultOf(PlannedSample planned, Attempt attempt, ClipReference clip, FaultKind? kind, string message) =>
        new(planned.Position, attempt.Number, attempt.Row!.Line, message) { Origin = attempt.Row.Origin, Clip = clip, Kind = kind };

    /// <summary>What is being filled, and for which position.</summary>
    private sealed record SlotContext(BatchBuilder Builder, int Slot, PlannedSample Planned);

    /// <summary>One row's try.</summary>
    private sealed class Attempt(int number)
    {
        public int Number { get; } = number;

        public SampleRow? Row { get; init; }

        public BufferedSink? Held { get; init; }

        public SampleFault? Fault { get; set; }

        /// <summary>The next try, where it was made ahead of need.</summary>
        public Attempt? Next { get; set; }

        public int Clips { get; set; }

        public long Bytes { get; set; }

        public TimeSpan DecodeTime { get; set; }
    }
}

using System.Diagnostics;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Loading;

/// <summary>
/// Fills one slot of a batch: reads the row, decodes its clips under guard, and tries substitutes where that fails. Any number of threads.
/// </summary>
internal sealed class SampleDecoding(
    LoaderOptions options, IGuardedDecoder decoder, int epoch, LoaderVerdicts? verdicts, SampleReadAhead? window, CodecTimingsAccount profile)
{
    private readonly ulong _seed = unchecked((ulong)options.Seed);
    private readonly SampleTransforming? _transforming = options.Transform is { } transform ? new SampleTransforming(options, transform, epoch) : null;

    /// <summary>Fills a slot.</summary>
    public async Task<SlotResult> FillAsync(BatchBuilder builder, int slot, CancellationToken cancellation)
    {
        if (builder.Plan[slot] is not { } planned)
        {
            return new SlotResult(new BatchSample { IsMasked = true }, []);
        }

        var context = new SlotContext(builder, slot, planned);
        var faults = new List<SampleFault>();
        int rows = options.OnBadSample == BadSamplePolicy.Substitute ? planned.RowsToTry(options.MaxSubstitutes) : 1;
        TimeSpan decodeTime = TimeSpan.Zero;
        TriedRow? next = null;
        for (int number = 0; number < rows; number++)
        {
            IClipSink target = _transforming is null ? new BatchSink(builder, slot) : new HeldClips(builder, slot);
            TriedRow tried = next ?? await TryAsync(context, number, target, number + 1 < rows, cancellation).ConfigureAwait(false);
            next = tried.Next;
            decodeTime += tried.DecodeTime;
            SampleFault? fault = tried.Fault ?? MoveIn(planned, tried, cancellation);
            tried.Held?.Release();
            if (fault is null)
            {
                return new SlotResult(Describe(planned, tried), faults)
                {
                    RowsTried = number + 1,
                    Clips = tried.Clips,
                    Bytes = tried.Bytes,
                    DecodeTime = decodeTime,
                };
            }

            builder.Empty(slot);
            faults.Add(fault);
        }

        return SlotResult.Without(options.OnBadSample, faults) with { RowsTried = rows, DecodeTime = decodeTime };
    }

    private SampleFault? MoveIn(PlannedSample planned, TriedRow tried, CancellationToken cancellation)
    {
        if (tried.Held is not { } held)
        {
            return null;
        }

        SampleFault? fault = _transforming?.Run(Describe(planned, tried), held, cancellation);
        if (fault is null)
        {
            held.MoveIn();
        }

        return fault;
    }

    private static BatchSample Describe(PlannedSample planned, TriedRow tried) => new()
    {
        Position = planned.Position,
        Sample = tried.Row!.Sample,
        Line = tried.Row.Line,
        Origin = tried.Row.Origin,
        SubstituteNumber = tried.Number,
    };

    private async Task<TriedRow> TryAsync(SlotContext context, int number, IClipSink target, bool maySubstitute, CancellationToken cancellation)
    {
        PlannedSample planned = context.Planned;
        using ReadAheadSample? ahead = number == 0 ? window?.Take(planned) : null;
        ManifestRow row = ahead?.Row ?? await planned.ReadAsync(_seed, epoch, number, cancellation).ConfigureAwait(false);
        if (row is not SampleRow sampleRow)
        {
            return new TriedRow(number) { Fault = new SampleFault(planned.Position, number, row.Line, ((BadRow)row).Message) { Origin = row.Origin } };
        }

        var tried = new TriedRow(number) { Row = sampleRow, Held = target as HeldClips };
        if (options.ClipsPerSample is { } most && ClipCountLimit.FirstOver(most, sampleRow.Sample, kind => options.SpecOf(kind) is not null) is { } over)
        {
            string message = $"The sample has {over.Count} {MediaTags.Noun(over.Kind)} clips, more than "
                + $"{nameof(LoaderOptions)}.{nameof(LoaderOptions.ClipsPerSample)} = {most}; "
                + "set it to the most that a sample may have, or to null.";
            tried.Fault = new SampleFault(planned.Position, number, row.Line, message) { Origin = row.Origin };
            return tried;
        }

        int[] indexes = new int[3];
        for (int place = 0; place < sampleRow.Sample.Clips.Count; place++)
        {
            ClipReference clip = sampleRow.Sample.Clips[place];
            if (options.SpecOf(clip.Kind) is not { } spec)
            {
                continue;
            }

            int index = indexes[(int)clip.Kind]++;
            if (clip.Refusal is { } refusal)
            {
                tried.Fault = FaultOf(planned, tried, clip, refusal.Kind, refusal.Message);
                return tried;
            }

            IReadAheadClip? aheadClip = ahead?.Clips[place];
            ClipSpec drawn = RandomWindowPositions.Of(spec, _seed, epoch, planned.Position, number, index);
            var request = new DecodeRequest(aheadClip?.Source ?? clip.Source!, drawn) { Limits = options.Limits };
            await DecodeAsync(context, tried, clip, index, request, aheadClip, target, maySubstitute, cancellation).ConfigureAwait(false);
            if (tried.Fault is not null)
            {
                return tried;
            }
        }

        return tried;
    }

    private async Task DecodeAsync(
        SlotContext context,
        TriedRow tried,
        ClipReference clip,
        int index,
        DecodeRequest request,
        IReadAheadClip? ahead,
        IClipSink target,
        bool maySubstitute,
        CancellationToken cancellation)
    {
        if (verdicts is not null && await verdicts.FindAsync(clip, cancellation).ConfigureAwait(false) is { } known)
        {
            tried.Fault = FaultOf(context.Planned, tried, clip, known.Kind, known.Message) with { Verdict = known };
            return;
        }

        // After a first failure the substitute is decoded while the clip is tried again. Otherwise a clip that hangs would cost two deadlines and the
        // substitute's decode one after the other.
        using var unneeded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<TriedRow>? substitute = null;
        void OnFirstFailure(ClipFault failure)
        {
            if (maySubstitute)
            {
                var held = new HeldClips(context.Builder, context.Slot);
                substitute = Task.Run(() => TryAsync(context, tried.Number + 1, held, maySubstitute: false, unneeded.Token), CancellationToken.None);
            }
        }

        long began = Stopwatch.GetTimestamp();
        try
        {
            DecodeOutcome outcome = await decoder.DecodeAsync(request, OnFirstFailure, cancellation).ConfigureAwait(false);
            using (outcome)
            {
                TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
                tried.DecodeTime += elapsed;
                LoaderTelemetry.Decoded(clip.Kind, outcome, elapsed);
                Take(context, tried, clip, index, outcome, target);
            }

            if (verdicts is not null && outcome.Fault is not null)
            {
                // Bytes that were read ahead are as old as their reading.
                TimeSpan age = Stopwatch.GetElapsedTime(Math.Min(began, ahead?.ReadBeganAt ?? began));
                await verdicts.AddAsync(clip, outcome, age, cancellation).ConfigureAwait(false);
            }

            if (tried.Fault is not null && substitute is not null)
            {
                tried.Next = await substitute.ConfigureAwait(false);
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

    private void Take(SlotContext context, TriedRow tried, ClipReference clip, int index, DecodeOutcome outcome, IClipSink target)
    {
        if (!outcome.IsClip)
        {
            tried.Fault = FaultOf(context.Planned, tried, clip, outcome.Fault?.Kind, outcome.Fault?.Message ?? outcome.Unsettled!.Message) with
            {
                Verdict = outcome.Fault,
                Unsettled = outcome.Unsettled,
            };
            return;
        }

        long padded = context.Builder[clip.Kind].BytesWith(outcome.Clip, index);
        if (padded > options.MaxPaddedBytes)
        {
            string message = $"A batch padded to this clip would take {padded} bytes, more than the {options.MaxPaddedBytes} that "
                + $"{nameof(LoaderOptions.MaxPaddedBytes)} allows.";
            tried.Fault = FaultOf(context.Planned, tried, clip, FaultKind.LimitExceeded, message);
            return;
        }

        long began = Stopwatch.GetTimestamp();
        target.Put(clip.Kind, index, outcome.Clip, outcome.Payload);
        profile.Add(clip.Kind, outcome.Clip, outcome.Profile, Stopwatch.GetElapsedTime(began));
        tried.Clips++;
        tried.Bytes += outcome.Payload.Length;
    }

    private static SampleFault FaultOf(PlannedSample planned, TriedRow tried, ClipReference clip, FaultKind? kind, string message) =>
        new(planned.Position, tried.Number, tried.Row!.Line, message) { Origin = tried.Row.Origin, Clip = clip, Kind = kind };

    /// <summary>The slot that is filled, and its sample.</summary>
    private sealed record SlotContext(BatchBuilder Builder, int Slot, PlannedSample Planned);

    /// <summary>A row that was tried for a slot: the position's own, or a substitute.</summary>
    private sealed class TriedRow(int number)
    {
        /// <summary>0 for the position's own row, n for its n-th substitute.</summary>
        public int Number { get; } = number;

        public SampleRow? Row { get; init; }

        public HeldClips? Held { get; init; }

        public SampleFault? Fault { get; set; }

        /// <summary>The next row, where it was begun while this one was still tried.</summary>
        public TriedRow? Next { get; set; }

        public int Clips { get; set; }

        public long Bytes { get; set; }

        public TimeSpan DecodeTime { get; set; }
    }
}

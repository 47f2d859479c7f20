using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

namespace ClipGuard.Loading;

/// <summary>What a <see cref="ClipLoader"/> delivers, and how.</summary>
public sealed record LoaderOptions
{
    /// <summary>Samples in a batch of one rank; not used with <see cref="BatchBySize"/>. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// Bounds batches by the size of their samples together instead of by their number; null (the default) does not. Not together with <see cref="Buckets"/>.
    /// </summary>
    public BatchBySizeOptions? BatchBySize { get; init; }

    /// <summary>What audio clips become; null (the default) leaves them undecoded.</summary>
    public AudioSpec? Audio { get; init; }

    /// <summary>What video clips become; null (the default) leaves them undecoded.</summary>
    public VideoSpec? Video { get; init; }

    /// <summary>What images become; null (the default) leaves them undecoded.</summary>
    public ImageSpec? Image { get; init; }

    /// <summary>
    /// Clips of one kind in a sample. 1 (the default) gives tensors <c>[batch, …]</c>, another number <c>[batch, clips, …]</c>, and a sample with
    /// more clips is a bad one. Null gives <c>[batch, clips, …]</c> with as many as the batch's largest sample has. Missing clips are zeros.
    /// </summary>
    public int? ClipsPerSample { get; init; } = 1;

    /// <summary>How clips that differ in length lie in a tensor. Default <see cref="BatchLayout.Padded"/>.</summary>
    public BatchLayout Layout { get; init; }

    /// <summary>What one decode may take.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>
    /// Most bytes of one tensor once it is padded to its largest clip, or of ragged values. A clip that alone would make it larger is a fault, and so is one
    /// that does so together with those before it in its batch (a wide picture and a high one pad each other): it has no substitute then and is masked, skipped
    /// or thrown. Batches do not shrink for it. Default 2 GiB less 1 MiB, what one array holds.
    /// </summary>
    public long MaxPaddedBytes { get; init; } = int.MaxValue - (1L << 20);

    /// <summary>The order of the rows. Default <see cref="ShuffleMode.Full"/>.</summary>
    public ShuffleMode Shuffle { get; init; } = ShuffleMode.Full;

    /// <summary>Rows in a window of <see cref="ShuffleMode.Windowed"/>, and of a full shuffle where rows are read in groups. Default 10,000.</summary>
    public int ShuffleWindow { get; init; } = 10_000;

    /// <summary>Every random choice is a function of it. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Which of several ranks this is. Default the only one.</summary>
    public RankInfo RankInfo { get; init; } = RankInfo.Single;

    /// <summary>Drops a last batch that is not full on every rank, instead of padding it with masked samples. Default false.</summary>
    public bool DropLast { get; init; }

    /// <summary>Puts samples of similar size into one batch; null (the default) does not. Needs an index.</summary>
    public BucketOptions? Buckets { get; init; }

    /// <summary>What happens where a row gives no sample. Default <see cref="BadSamplePolicy.Substitute"/>.</summary>
    public BadSamplePolicy OnBadSample { get; init; } = BadSamplePolicy.Substitute;

    /// <summary>Substitutes that are tried for one sample before it is masked. Default 8.</summary>
    public int MaxSubstitutes { get; init; } = 8;

    /// <summary>How much failure an epoch accepts. Default: a tenth of all rows tried, after the first hundred.</summary>
    public FailureBudget Budget { get; init; } = new();

    /// <summary>
    /// How many unsettled samples an epoch accepts: those that could not be decoded for reasons which are not theirs, as a busy machine, or storage or a server
    /// that does not answer. They are bad samples under <see cref="OnBadSample"/>, and never excluded for it. Default: half of all rows tried, after the first
    /// hundred.
    /// </summary>
    public FailureBudget UnsettledBudget { get; init; } = FailureBudget.ForUnsettled with { };

    /// <summary>
    /// Lines of the manifest (1-based) that are excluded from every epoch, as those whose clips failed before: plain numbers, or, for a blend,
    /// lines with the names of their sources; <see cref="ManifestLineReference.OfFaults"/> reads them from a dry run's <c>faults.jsonl</c>. Must be the same
    /// on every rank. Default none.
    /// </summary>
    public IReadOnlyCollection<ManifestLineReference> ExcludedLines { get; init; } = [];

    /// <summary>
    /// Rows that are left out of every epoch, as the <c>excluded.jsonl</c> of a dry run names them; null (the default) for none. They are no rows of the plan:
    /// no sample is put in their place. Must be the same on every rank; a state that was taken with another list is refused.
    /// </summary>
    public ExclusionList? Excluded { get; init; }

    /// <summary>
    /// Excludes from each epoch the lines that failed in the epochs before it. Not possible with more than one rank, because no rank knows which lines
    /// failed on the others: there, give all of them a <see cref="Snapshot"/> when an epoch begins. With <see cref="Verdicts"/> a snapshot is made at each
    /// epoch's end, and states name it; without, they have all these lines. Default false.
    /// </summary>
    public bool ExcludeFailed { get; init; }

    /// <summary>
    /// Verdicts that outlive the run; null (the default) for none. Clips that it has a fault of are not decoded: their samples have their substitutes at once.
    /// Faults that are found are added, by each rank to a file of its own. It is read when an epoch begins.
    /// </summary>
    public VerdictStoreOptions? Verdicts { get; init; }

    /// <summary>
    /// The id of a snapshot of the store (<see cref="VerdictStoreMaintenance.TakeSnapshot"/>, <see cref="ClipLoader.TakeSnapshotAsync"/>); null (the default)
    /// for none. Rows with clips that it has are left out of the plan, and so are rows that give no sample by what they are. The same on every rank, and the
    /// same as that of a state which is resumed from. With it the manifest is gone through once when the loader is opened.
    /// </summary>
    public string? Snapshot { get; init; }

    /// <summary>How decodes are guarded, and with how many workers. Its deadline counts for reading an indexed row, too.</summary>
    public SupervisorOptions Supervision { get; init; } = new();

    /// <summary>Most batches that are made ahead of the consumer. Default 4.</summary>
    public int PrefetchBatches { get; init; } = 4;

    /// <summary>Most bytes of tensors that are held ahead of the consumer; one batch is always made. Default 1 GiB.</summary>
    public long PrefetchBytes { get; init; } = 1L << 30;

    /// <summary>True (the default) delivers batches in the plan's order; false delivers each as soon as it is complete.</summary>
    public bool InOrder { get; init; } = true;

    /// <summary>
    /// Changes every decoded sample before it becomes part of its batch: augmentation. Runs on the workers. Costs one more copy of each clip. Default none.
    /// </summary>
    public SampleTransform? Transform { get; init; }

    /// <summary>Sees every batch before it is delivered and may add tensors: labels, tokens. Default none.</summary>
    public Action<Batch>? Collate { get; init; }

    /// <summary>Where batches are built. Default: pinned arrays, used again.</summary>
    public BatchMemory? Memory { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>
    /// Workers that fill samples: more than there are decodes at a time, so that while one worker copies a clip or reads a row, another one's decode waits
    /// at the supervisor already.
    /// </summary>
    internal int SampleWorkers => Supervision.Callers;

    internal ClipSpec? SpecOf(ClipKind kind) => kind switch
    {
        ClipKind.Audio => Audio,
        ClipKind.Video => Video,
        _ => Image,
    };

    /// <summary>
    /// The same options with what TorchSharp's <c>torch.utils.data.DataLoader</c> is told, by the names that its arguments have, for those who come from it.
    /// </summary>
    /// <param name="batchSize"><see cref="BatchSize"/>.</param>
    /// <param name="shuffle">True is <see cref="ShuffleMode.Full"/>, false <see cref="ShuffleMode.None"/>.</param>
    /// <param name="seed"><see cref="Seed"/>; null leaves it, so that runs are the same again, where TorchSharp takes another one each time.</param>
    /// <param name="num_worker">Decodes at a time, <see cref="SupervisorOptions.Workers"/>; null leaves what is set, by default one a processor.</param>
    /// <param name="drop_last"><see cref="DropLast"/>.</param>
#pragma warning disable CA1707 // The names are TorchSharp's.
    public LoaderOptions WithDataLoaderArguments(int batchSize, bool shuffle = false, int? seed = null, int? num_worker = null, bool drop_last = false)
#pragma warning restore CA1707
    {
        return this with
        {
            BatchSize = batchSize,
            Shuffle = shuffle ? ShuffleMode.Full : ShuffleMode.None,
            Seed = seed ?? Seed,
            DropLast = drop_last,
            Supervision = num_worker is { } workers ? Supervision with { Workers = workers } : Supervision,
        };
    }

    /// <summary>Throws where a spec cannot be met, whatever the clip.</summary>
    /// <param name="findMistake">Says why a spec cannot be met, or null.</param>
    /// <exception cref="ArgumentException">One cannot; the message names the setting.</exception>
    internal void ValidateSpecs(Func<ClipSpec, string?> findMistake)
    {
        foreach ((string name, ClipSpec? spec) in new (string, ClipSpec?)[] { (nameof(Audio), Audio), (nameof(Video), Video), (nameof(Image), Image) })
        {
            if (spec is not null && findMistake(spec) is { } mistake)
            {
                throw new ArgumentException($"{nameof(LoaderOptions)}.{name}: {mistake}", name);
            }
        }
    }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Limits, nameof(Limits));
        ArgumentNullException.ThrowIfNull(Budget, nameof(Budget));
        ArgumentNullException.ThrowIfNull(UnsettledBudget, nameof(UnsettledBudget));
        ArgumentNullException.ThrowIfNull(ExcludedLines, nameof(ExcludedLines));
        ArgumentNullException.ThrowIfNull(Supervision, nameof(Supervision));
        if (!Enum.IsDefined(Shuffle) || !Enum.IsDefined(OnBadSample))
        {
            (string setting, int value) = Enum.IsDefined(Shuffle) ? (nameof(OnBadSample), (int)OnBadSample) : (nameof(Shuffle), (int)Shuffle);
            throw new ArgumentOutOfRangeException(setting, $"{setting} is {value}, which stands for nothing.");
        }

        ValidateSpecs(SpecCheck.Find);
        Supervision.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ClipsPerSample ?? 1, nameof(ClipsPerSample));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ShuffleWindow, nameof(ShuffleWindow));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PrefetchBatches, nameof(PrefetchBatches));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PrefetchBytes, nameof(PrefetchBytes));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPaddedBytes, nameof(MaxPaddedBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxSubstitutes, nameof(MaxSubstitutes));
        RankInfo.Validate();
        Budget.Validate();
        UnsettledBudget.Validate();
        if (Buckets is { WindowBatches: var window })
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window, nameof(BucketOptions.WindowBatches));
        }

        BatchBySize?.Validate(RankInfo.World);
        if (BatchBySize is not null && Buckets is not null)
        {
            throw new ArgumentException($"{nameof(BatchBySize)} sorts samples by size itself: leave {nameof(Buckets)} at null.");
        }

        if (Snapshot is not null && Verdicts is null)
        {
            throw new ArgumentException($"{nameof(Snapshot)} names a snapshot of a verdict store, and there is none: set {nameof(Verdicts)}.");
        }

        if (ExcludeFailed && RankInfo.World > 1)
        {
            throw new ArgumentException($"{nameof(ExcludeFailed)} works on one rank only: the ranks would come to different plans.");
        }
    }
}

/// <summary>How samples of similar size are put into one batch.</summary>
/// <param name="SizeOf">Size of a sample, from its row, before anything is decoded; the same on every rank.</param>
/// <param name="Name">Names the size. It is part of the state, so that a run is not resumed in another order.</param>
public sealed record BucketOptions(Func<Sample, double> SizeOf, string Name = "a function")
{
    /// <summary>Global batches among which samples are sorted: more of them make sizes within a batch more equal and the shuffle coarser. Default 64.</summary>
    public int WindowBatches { get; init; } = 64;

    /// <summary>Buckets by a numeric field of the row, as <c>"duration": 9.5</c> or <c>"9.5"</c>; rows without it count as 0.</summary>
    public static BucketOptions ByField(string name) => new(sample => sample.NumberOf(name), $"field {name}");

    /// <summary>Buckets by the length of the messages' text, in characters.</summary>
    public static BucketOptions ByText() => new(static sample => sample.Messages.Sum(static message => message.Content.Length), "text");
}

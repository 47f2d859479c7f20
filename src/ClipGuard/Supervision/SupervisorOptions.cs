using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision;

/// <summary>How decodes are guarded.</summary>
public sealed record SupervisorOptions
{
    private const int MaxWorkersPerProcessor = 4;
    private const int MaxBesideWorkers = 24;

    // Each more frame that is decoded at the same time holds memory and takes longer to come out, and few cores are left idle by then.
    private const int MaxAutomaticThreads = 8;

    private readonly int? _workers;
    private readonly int? _maxWorkers;

    /// <summary>What stands between a decode and this process. Default <see cref="IsolationMode.Pooled"/>.</summary>
    public IsolationMode Isolation { get; init; } = IsolationMode.Pooled;

    /// <summary>
    /// Time from dispatch to reply (with <see cref="IsolationMode.FreshPerDecode"/> to the helper's exit). After it, on the wall clock, the caller is freed.
    /// The clip gets a fault only if at least nine tenths of it were usable (<see cref="TimeByCause.Usable"/>); otherwise it is unsettled.
    /// Positive; default 60 s.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a decode may go without progress. Positive; default 15 s: a healthy picture of 144 megapixels takes 5 s in one call.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Wall clock after which one try at an unsettled clip ends, where it is tried again to settle it. Positive; null (the default) is 20 deadlines. Such a try
    /// has its deadline and its stall limit in usable time alone.
    /// </summary>
    public TimeSpan? SettlingLimit { get; init; }

    /// <summary>
    /// Decodes that may run at the same time, each in a helper of its own. Default: the number of processors that this process may use, by its affinity, the
    /// quotas of its control groups and <c>SLURM_CPUS_PER_TASK</c>.
    /// </summary>
    public int Workers
    {
        get => _workers ?? AvailableProcessors.Count;
        init => _workers = value;
    }

    /// <summary>
    /// Decodes that may go on at the same time where some of them wait: a decode that for a quarter of a second has done little else than to wait, blocked or
    /// for its clip's bytes, leaves its place among <see cref="Workers"/> to another one while it does, so that clips that hang hold up nobody. A helper beside
    /// those of the workers is used only where as much memory is available as a decode may take (<see cref="HelperMemoryBytes"/>), and no task waits for
    /// memory. At least <see cref="Workers"/>, which means none beside them: the default where <see cref="Workers"/> is set. Where it is not, four times as
    /// many, or 24 more.
    /// </summary>
    public int MaxWorkers
    {
        get => _maxWorkers ?? _workers ?? Math.Min(MaxWorkersPerProcessor * Workers, MaxBesideWorkers + Workers);
        init => _maxWorkers = value;
    }

    /// <summary>
    /// Frames of a video that its decoder decodes at the same time, each in a thread of its own, where the request does not say
    /// (<see cref="DecodeRequest.DecoderThreads"/>). At least 1. Null (the default) is one more than there are processors for each of <see cref="Workers"/>, at
    /// most 8, so that all have work while a frame is scaled; and 1 where there are no two for each. The processes of a launcher on the same machine
    /// (<c>LOCAL_WORLD_SIZE</c> and the like) count as so many times the workers; others have to be told. A <see cref="Decoder"/> of somebody else's and
    /// <see cref="IsolationMode.InProcess"/>, where nothing ends a decoder whose threads wait for each other, have 1 then. What is decoded, and what is said of
    /// damage, does not depend on it.
    /// </summary>
    public int? DecoderThreads { get; init; }

    /// <summary>Helpers kept warm beyond those at work, so that a kill costs the next decode no start. They are started a second after the others, or
    /// once they are needed. Default 1.</summary>
    public int Spares { get; init; } = 1;

    /// <summary>Clean decodes after which a pooled helper is replaced. Default 10,000: a start costs as much as 30 short clips.</summary>
    public int RecycleAfter { get; init; } = 10_000;

    /// <summary>Resident memory beyond which a pooled helper is replaced after its decode. Default 512 MiB.</summary>
    public long RecycleAboveBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Whether a pooled helper stays in use after its decoder has found a clip <see cref="FaultKind.Missing"/>, <see cref="FaultKind.Unsupported"/> or
    /// <see cref="FaultKind.Corrupt"/>, and how that is watched. It stays where that was found before any decoder had a byte of the clip, and otherwise
    /// where it then decodes a known clip to its known bytes and its memory is back (<see cref="ReuseGrowthBytes"/>). One in so many findings of helpers
    /// that have had one before is confirmed by a fresh helper, the first at once; where the two disagree, the fresh one counts, and for the rest of the run
    /// no helper is used again after a fault, which is logged as an error. After any other fault a helper is never used again. 0 is never; default 100.
    /// </summary>
    public int ConfirmOneIn { get; init; } = 100;

    /// <summary>
    /// Private memory by which a pooled helper may have grown since it was ready, to stay in use after a fault. Default 128 MiB. Not negative.
    /// </summary>
    public long ReuseGrowthBytes { get; init; } = 128L << 20;

    /// <summary>Memory that a helper may take for one decode on top of what it holds when it is ready. Default 2 GiB.</summary>
    public long HelperMemoryBytes { get; init; } = 2L << 30;

    /// <summary>
    /// How tightly helpers are confined. A kernel that lacks a piece gives a lower level, which is reported.
    /// Default <see cref="SandboxLevel.Standard"/>.
    /// </summary>
    public SandboxLevel Sandbox { get; init; } = SandboxLevel.Standard;

    /// <summary>Time that a helper has from its start to saying that it is ready. Default 30 s; a warning is logged after 5 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The helper's program; null (the default) looks for <c>ClipGuard.Helper</c> in the folder <c>clipguard-helper</c> beside the application, and beside it.
    /// </summary>
    public string? HelperPath { get; init; }

    /// <summary>
    /// A decoder of somebody else's for the kinds of clips that it names; null (the default) for none. It needs helpers, and so cannot be had with
    /// <see cref="IsolationMode.InProcess"/>. It has a pool of its own, with as many helpers and spares as ClipGuard's; over both together no more than
    /// <see cref="Workers"/> decode at a time.
    /// </summary>
    public DecoderProgram? Decoder { get; init; }

    /// <summary>
    /// Whether <see cref="Decoder"/> is all that decodes: no helper of ClipGuard's own is started for the other kinds of clips. Default false.
    /// </summary>
    public bool DecoderAlone { get; init; }

    /// <summary>Arguments for the helper's program. Default none.</summary>
    public IReadOnlyList<string> HelperArguments { get; init; } = [];

    /// <summary>
    /// Whether helpers are forked from one that has loaded its libraries, where the program says that it can be such a template (<c>forks</c> in its greeting).
    /// For programs that take long to load. Default false: each helper is started by itself.
    /// </summary>
    public bool ForksHelpers { get; init; }

    /// <summary>
    /// Environment variables for the helper's program on top of ClipGuard's own;
    /// nothing else of this process's environment is passed on but DOTNET_ROOT, LD_LIBRARY_PATH and TMPDIR.
    /// </summary>
    public IReadOnlyDictionary<string, string> HelperEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Which FFmpeg is used: its major version (<c>5</c> to <c>9</c>), or the folder that its libraries lie in. Null (the default) is what the variable
    /// <c>CLIPGUARD_FFMPEG</c> says, and without that the newest whole set of libraries that the system's loader finds.
    /// </summary>
    public string? FFmpeg { get; init; }

    /// <summary>
    /// Assemblies with audio decoders (<see cref="IAudioDecoder"/>) that helpers load before their sandbox closes, by their absolute paths; what they
    /// depend on lies beside them. <see cref="AudioSpec.Decoder"/> chooses one. Default none: FFmpeg decodes audio.
    /// </summary>
    public IReadOnlyList<string> AudioDecoders { get; init; } = [];

    /// <summary>
    /// Shared memory of a helper, in bytes: the most that a decode can deliver, with the encoded bytes of a clip that is held in memory.
    /// Only what is written to takes memory. Default 1 GiB.
    /// </summary>
    public long PayloadBytes { get; init; } = 1L << 30;

    /// <summary>Decodes that a caller keeps asked for at a time, so that a helper whose payload has been read goes on at once.</summary>
    internal int Callers => Workers + Decodes;

    /// <summary>Decodes that may go on at the same time, those that wait counted.</summary>
    internal int Decodes => Isolation == IsolationMode.InProcess ? Workers : MaxWorkers;

    /// <summary>How many threads a decoder gets for a request that does not say.</summary>
    /// <param name="isProgram">True for <see cref="Decoder"/>.</param>
    internal int ThreadsOfDecoder(bool isProgram) => DecoderThreads
        ?? (isProgram || Isolation == IsolationMode.InProcess || ProcessorsOfWorker < 2 ? 1 : Math.Min(ProcessorsOfWorker + 1, MaxAutomaticThreads));

    // Ranks that train beside each other have the processors together.
    private int ProcessorsOfWorker => AvailableProcessors.Count / AvailableProcessors.Processes / Workers;

    /// <summary>How clips at addresses (<see cref="RemoteSource"/>) are fetched, and by what.</summary>
    public FetchOptions Fetching { get; init; } = new();

    /// <summary>How clips that are decoded soon are read before. Not for <see cref="IsolationMode.InProcess"/>.</summary>
    public ReadAheadOptions ReadAhead { get; init; } = new();

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this, keysOnly: nameof(HelperEnvironment));

    /// <summary>How long a killed helper is waited for before its fault is reported all the same. For tests; 3 s.</summary>
    internal TimeSpan KillTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>After this much of <see cref="StartLimit"/> a helper that is not ready is warned of. For tests; 5 s.</summary>
    internal TimeSpan SlowStart { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a helper that closed its end of the socket may live on before it is killed. For tests; 1 s.</summary>
    internal TimeSpan HangUpGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a helper that is told to leave may take before it is killed. For tests; 2 s.</summary>
    internal TimeSpan LeaveGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a helper may take for a known clip before it is killed. For tests; 2 s.</summary>
    internal TimeSpan CheckGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time between two starts while starts fail and other helpers still decode. For tests; 1 s.</summary>
    internal TimeSpan RetryStartsAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Helpers stuck in the kernel at which decoding still goes on; with more than these the machine's storage is taken to be broken. For tests; 16.
    /// </summary>
    internal int MaxUnkillable { get; init; } = 16;

    /// <summary>Bytes that a program of somebody else's may hold in its folder, and one file of it. For tests; 1 GiB.</summary>
    internal long MaxScratchBytes { get; init; } = ProgramSandbox.MaxBytes;

    /// <summary>How long storage may not answer, in the kernel or for one decode after the other, before the run ends. For tests; 10 minutes.</summary>
    internal TimeSpan StorageLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a decode waits for a file that is being read ahead and of which nothing comes. For tests; 2 s, or a quarter of the deadline.</summary>
    internal TimeSpan? ReadAheadTimeout { get; init; }

    /// <summary>Landlock's ABI of which nothing newer is used, as on an older kernel; 0 is one without landlock. For tests; whatever the kernel has.</summary>
    internal int NewestLandlock { get; init; } = int.MaxValue;

    /// <summary>Checks every setting against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, its value and the range.</exception>
    internal void Validate()
    {
        OptionRange.CheckTime(Deadline, nameof(Deadline));
        OptionRange.CheckTime(StallLimit, nameof(StallLimit));
        OptionRange.CheckTime(StartLimit, nameof(StartLimit));
        OptionRange.CheckTime(SettlingLimit ?? Deadline, nameof(SettlingLimit));
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWorkers, Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(DecoderThreads ?? 1, 1, nameof(DecoderThreads));
        ArgumentOutOfRangeException.ThrowIfNegative(Spares);
        ArgumentOutOfRangeException.ThrowIfLessThan(RecycleAfter, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RecycleAboveBytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ConfirmOneIn);
        ArgumentOutOfRangeException.ThrowIfNegative(ReuseGrowthBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(HelperMemoryBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PayloadBytes, 1);

        if (Decoder is not null && Isolation == IsolationMode.InProcess)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Decoder), Decoder, $"{nameof(Decoder)} is a program, and {nameof(IsolationMode.InProcess)} starts none.");
        }

        if (Decoder is null && DecoderAlone)
        {
            throw new ArgumentOutOfRangeException(nameof(DecoderAlone), DecoderAlone, $"{nameof(DecoderAlone)} needs a {nameof(Decoder)}.");
        }

        Fetching.Validate();
        ReadAhead.Validate();
        foreach (string assembly in AudioDecoders)
        {
            if (!Path.IsPathFullyQualified(assembly) || assembly.Contains('\n', StringComparison.Ordinal))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(AudioDecoders), assembly, $"{nameof(AudioDecoders)} has '{assembly}'; it has to be the absolute path of an assembly.");
            }
        }

        // A payload is read as one span.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PayloadBytes, int.MaxValue);
    }
}

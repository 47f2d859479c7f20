using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Serving;

/// <summary>What the client is told. README.md beside this is the contract.</summary>
internal sealed record ServedAnswer
{
    /// <summary>Version of what is said here.</summary>
    public const int Protocol = 1;

    /// <summary>The request's number; 0 for the greeting.</summary>
    public long Id { get; init; }

    /// <summary>That decodes can begin, and by whom they are done.</summary>
    public Greeting? Ready { get; init; }

    /// <summary>Why there will be none: nothing follows.</summary>
    public string? Unready { get; init; }

    /// <summary>What was delivered.</summary>
    public DecodedClip? Clip { get; init; }

    /// <summary>Presentation times behind the payload.</summary>
    public int FrameTimes { get; init; }

    /// <summary>Why the clip gives no data.</summary>
    public ServedFault? Fault { get; init; }

    /// <summary>Why nobody knows.</summary>
    public ServedUnsettled? Unsettled { get; init; }

    /// <summary>What is wrong with the request, or, where nothing follows, with the options.</summary>
    public string? Mistake { get; init; }

    /// <summary>Why no clip can be decoded now: helpers or memory cannot be had.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Bytes of JSON that the payload begins with, where it is a batch.</summary>
    public int? BatchHead { get; init; }

    /// <summary>That the epoch has ended.</summary>
    public ServedEpoch? EpochEnd { get; init; }

    /// <summary>Wall clock of the decode.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>As a message.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ServedJson.Default.ServedAnswer);
}

/// <summary>What the client is greeted with.</summary>
/// <param name="Protocol"><see cref="ServedAnswer.Protocol"/>.</param>
/// <param name="Clipguard">This command's version.</param>
/// <param name="Decoder">Name and version of what decodes.</param>
/// <param name="Sandbox">The sandbox level that is in force.</param>
/// <param name="Workers">Decodes that run at the same time.</param>
/// <param name="Batches">Batches of the epoch, where a manifest is read and that is known.</param>
internal sealed record Greeting(int Protocol, string Clipguard, string Decoder, SandboxLevel Sandbox, int Workers, long? Batches);

/// <summary>A clip's fault.</summary>
/// <param name="Kind">Why it gives no data.</param>
/// <param name="Stage">Where the decode was.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Decoder">Whose finding it is, where the decoder is somebody else's.</param>
/// <param name="PostMortem">What was measured.</param>
internal sealed record ServedFault(FaultKind Kind, DecodeStage Stage, string Message, string? Decoder, ServedPostMortem PostMortem);

/// <summary>Why a decode came to nothing, through no fault of the clip.</summary>
internal sealed record ServedUnsettled(UnsettledCause Cause, DecodeStage Stage, string Message, ServedPostMortem PostMortem);

/// <summary>What was measured, in the names of <c>faults.jsonl</c>.</summary>
internal sealed record ServedPostMortem
{
    public double ElapsedSeconds { get; init; }

    public double CpuSeconds { get; init; }

    public double SinceProgressSeconds { get; init; }

    public long BytesRead { get; init; }

    public long Packets { get; init; }

    public long Frames { get; init; }

    public long PeakMemoryBytes { get; init; }

    public int? Signal { get; init; }

    public int? ExitCode { get; init; }

    public int Attempts { get; init; }

    public IReadOnlyList<string> Log { get; init; } = [];

    public static ServedPostMortem Of(PostMortem found) => new()
    {
        ElapsedSeconds = found.Elapsed.TotalSeconds,
        CpuSeconds = found.CpuTime.TotalSeconds,
        SinceProgressSeconds = found.SinceProgress.TotalSeconds,
        BytesRead = found.BytesRead,
        Packets = found.PacketCount,
        Frames = found.FrameCount,
        PeakMemoryBytes = found.PeakMemoryBytes,
        Signal = found.Signal,
        ExitCode = found.ExitCode,
        Attempts = found.AttemptCount,
        Log = found.Log,
    };
}

/// <summary>Answers as JSON: camel case, enumerations by name, nothing of what is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ServedAnswer))]
[JsonSerializable(typeof(ServedBatch))]
internal sealed partial class ServedJson : JsonSerializerContext;

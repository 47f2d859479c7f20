using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision;

/// <summary>Where a supervisor's clips are decoded: in helpers, or in this process. Any number of threads.</summary>
internal interface IDecodingBackend : IAsyncDisposable
{
    /// <inheritdoc cref="Supervisor.DecoderVersion"/>
    string DecoderVersion { get; }

    /// <inheritdoc cref="Supervisor.DecoderFiles"/>
    IReadOnlyList<string> DecoderFiles { get; }

    /// <inheritdoc cref="Supervisor.HelperVersion"/>
    string HelperVersion => string.Empty;

    /// <inheritdoc cref="Supervisor.Libraries"/>
    IReadOnlyDictionary<string, string> Libraries => new Dictionary<string, string>();

    /// <inheritdoc cref="Supervisor.Kinds"/>
    IReadOnlyList<string> Kinds => WireKindNames.All;

    /// <inheritdoc cref="Supervisor.Sandbox"/>
    SandboxLevel Sandbox => SandboxLevel.Off;

    /// <inheritdoc cref="Supervisor.Reuse"/>
    ReuseAfterFaultReport Reuse => new();

    /// <summary>Helpers that are warm and without work at this moment.</summary>
    int ReadyHelpers => 0;

    /// <summary>What the helpers that decode to a spec have said of themselves; null in this process.</summary>
    ReadyMessage? GreetingFor(ClipSpec spec) => null;

    /// <summary>Name and version of the decoder of somebody else's that decodes to a spec; null where ClipGuard's own does.</summary>
    string? ProgramFor(ClipSpec spec) => null;

    /// <summary>Decodes one clip. Its bytes lie in a file, in memory or behind a descriptor.</summary>
    /// <inheritdoc cref="Supervisor.DecodeAsync(DecodeRequest, CancellationToken)" path="/exception"/>
    ValueTask<DecodeOutcome> DecodeAsync(DecodeCall call, CancellationToken cancellation);
}

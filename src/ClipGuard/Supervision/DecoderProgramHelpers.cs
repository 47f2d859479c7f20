using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>The helpers of a decoder of somebody else's (<see cref="DecoderProgram"/>), and what it can decode.</summary>
internal sealed class DecoderProgramHelpers
{
    private DecoderProgramHelpers(GreetedHelperPool started, DecodeCapacity capacity)
    {
        Started = started;
        Capacity = capacity;
        ReadyMessage greeting = started.Greeting;
        IEnumerable<string> named = (greeting.Libraries ?? new Dictionary<string, string>()).Select(static library => $"{library.Key} {library.Value}");
        string libraries = string.Join(", ", named.Order(StringComparer.Ordinal));
        Version = libraries.Length == 0 ? greeting.Decoder : $"{greeting.Decoder} ({libraries})";
    }

    /// <summary>The helpers, and what they have said of themselves.</summary>
    public GreetedHelperPool Started { get; }

    /// <summary>How many decodes may run, in them and in ClipGuard's own helpers together.</summary>
    public DecodeCapacity Capacity { get; }

    /// <summary>The kinds of clips that it decodes, by their names in the protocol.</summary>
    public IReadOnlyList<string> Kinds => Started.Greeting.Kinds ?? [];

    /// <summary>Name and version of the decoder and of its libraries.</summary>
    public string Version { get; }

    /// <summary>The same, with the kinds of clips that it decodes.</summary>
    public string VersionAndKinds => $"{Version} for {string.Join(", ", Kinds)}";

    /// <summary>True where nothing is left for other helpers.</summary>
    public bool DecodesAll => WireKindNames.All.All(Kinds.Contains);

    /// <summary>Starts helpers and waits until the first has said what it decodes.</summary>
    /// <exception cref="HelperUnavailableException">There is no such program, or it does not start.</exception>
    public static async Task<DecoderProgramHelpers> StartAsync(
        DecoderProgram decoder, SupervisorOptions options, ILogger logger, CancellationToken cancellation)
    {
        HelperLaunch launch = DecoderProgramLaunch.Of(decoder, options);
        DecodeCapacity capacity = DecodeCapacity.For(options);

        // What such a program imports may take a second. Where it can be a template, only the first of them pays for that.
        HelperTemplate? template = await HelperTemplate.StartProgramAsync(
            launch, options.Sandbox, options.MaxScratchBytes, options.StartLimit).ConfigureAwait(false);
        return new DecoderProgramHelpers(
            await GreetedHelperPool.StartAsync(options, launch, template, capacity, logger, cancellation).ConfigureAwait(false), capacity);
    }

    /// <summary>Whether it is who decodes to a spec.</summary>
    public bool Decodes(ClipSpec spec) => Kinds.Contains(WireKindNames.Of(spec));
}

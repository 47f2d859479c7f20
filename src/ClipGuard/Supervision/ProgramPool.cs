using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>The helpers of a decoder of somebody else's, and what they have said of themselves.</summary>
internal sealed class ProgramPool : IAsyncDisposable
{
    private readonly HelperTemplate? _template;

    private ProgramPool(HelperPool pool, DecodeCapacity places, HelperTemplate? template, ReadyMessage greeting)
    {
        _template = template;
        Pool = pool;
        Places = places;
        Greeting = greeting;
        IEnumerable<string> named = (greeting.Libraries ?? new Dictionary<string, string>()).Select(static library => $"{library.Key} {library.Value}");
        string libraries = string.Join(", ", named.Order(StringComparer.Ordinal));
        Version = libraries.Length == 0 ? greeting.Decoder : $"{greeting.Decoder} ({libraries})";
    }

    /// <summary>The helpers.</summary>
    public HelperPool Pool { get; }

    /// <summary>What they share with ClipGuard's own helpers.</summary>
    public DecodeCapacity Places { get; }

    /// <summary>What the first of them said.</summary>
    public ReadyMessage Greeting { get; }

    /// <summary>The kinds of clips that it decodes, by their names in the protocol.</summary>
    public IReadOnlyList<string> Kinds => Greeting.Kinds ?? [];

    /// <summary>Name and version of the decoder and of its libraries.</summary>
    public string Version { get; }

    /// <summary>The same, with the kinds of clips that it decodes.</summary>
    public string VersionAndKinds => $"{Version} for {string.Join(", ", Kinds)}";

    /// <summary>True where nothing is left for other helpers.</summary>
    public bool DecodesAll => DecodeKinds.All.All(Kinds.Contains);

    /// <summary>Starts helpers and waits until the first has said what it decodes.</summary>
    /// <exception cref="HelperUnavailableException">There is no such program, or it does not start.</exception>
    public static async Task<ProgramPool> StartAsync(DecoderProgram decoder, SupervisorOptions options, ILogger logger, CancellationToken cancellation)
    {
        HelperLaunch launch = ProgramLaunch.Of(decoder, options);

        // What such a program imports may take a second. Where it can be a template, only the first of them pays for that.
        HelperTemplate? template = await HelperTemplate.StartProgramAsync(
            launch, options.Sandbox, options.MaxScratchBytes, options.StartLimit).ConfigureAwait(false);
        HelperPool? pool = null;
        try
        {
            DecodeCapacity places = DecodeCapacity.For(options);
            pool = new HelperPool(options, launch, logger, template, places);
            places.Add(pool);
            return new ProgramPool(pool, places, template, await pool.GreetAsync().WaitAsync(cancellation).ConfigureAwait(false));
        }
        catch
        {
            if (pool is not null)
            {
                await pool.DisposeAsync().ConfigureAwait(false);
            }

            template?.Dispose();
            throw;
        }
    }

    /// <summary>Ends its helpers, and what they were forked from.</summary>
    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync().ConfigureAwait(false);
        _template?.Dispose();
    }

    /// <summary>Whether it is who decodes to a spec.</summary>
    public bool Decodes(ClipSpec spec) => Kinds.Contains(DecodeKinds.Of(spec));
}

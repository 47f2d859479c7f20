using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>ClipGuard's own helpers, and the FFmpeg that they load.</summary>
/// <param name="Started">The helpers, and what they have said of themselves.</param>
/// <param name="DecoderFiles">Paths of the FFmpeg libraries that they load.</param>
internal sealed record BuiltInDecoderHelpers(GreetedHelperPool Started, IReadOnlyList<string> DecoderFiles)
{
    /// <summary>Starts helpers and waits until the first is ready.</summary>
    /// <param name="options">How decodes are guarded.</param>
    /// <param name="capacity">How many decodes may run, shared with a decoder program; null where there is none.</param>
    /// <param name="logger">Where they are told of.</param>
    /// <param name="cancellation">Ends the wait; what was started is then ended too.</param>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public static async Task<BuiltInDecoderHelpers> StartAsync(
        SupervisorOptions options, DecodeCapacity? capacity, ILogger logger, CancellationToken cancellation)
    {
        HelperLaunch launch = await FFmpegCheck.RunAsync(
            HelperLaunch.From(options), options.Sandbox, options.StartLimit, logger, cancellation).ConfigureAwait(false);
        HelperTemplate? template = !options.ForksHelpers ? null
            : await HelperTemplate.StartAsync(launch, HelperSpawner.For(options.Sandbox, options.NewestLandlock), options.StartLimit).ConfigureAwait(false);
        GreetedHelperPool started =
            await GreetedHelperPool.StartAsync(options, launch, template, capacity, logger, cancellation).ConfigureAwait(false);
        return new BuiltInDecoderHelpers(started, FFmpegCheck.FilesOf(launch));
    }
}

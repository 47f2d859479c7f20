using ClipGuard.Manifests;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClipGuard.Loading;

/// <summary>Opens loaders with the logging and the clock of a service collection.</summary>
public interface IClipLoaderFactory
{
    /// <summary>Opens a loader; the caller disposes it.</summary>
    /// <param name="rank">Which rank it is for; null for what the options say.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the manifest has no index and one is needed.</exception>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    /// <exception cref="Supervision.HelperUnavailableException">No helper can be started.</exception>
    Task<ClipLoader> OpenAsync(RankInfo? rank = null, CancellationToken cancellation = default);
}

/// <summary>Adds loaders to a service collection.</summary>
public static class ClipLoaderServices
{
    /// <summary>Adds an <see cref="IClipLoaderFactory"/> for one manifest.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="manifest">Makes the manifest.</param>
    /// <param name="options">What its loaders deliver.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddClipLoader(this IServiceCollection services, Func<IServiceProvider, IManifest> manifest, LoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        return services.AddSingleton<IClipLoaderFactory>(provider => new Factory(
            manifest(provider),
            options,
            (ILoggerFactory?)provider.GetService(typeof(ILoggerFactory)),
            (TimeProvider?)provider.GetService(typeof(TimeProvider))));
    }

    private sealed class Factory(IManifest manifest, LoaderOptions options, ILoggerFactory? loggers, TimeProvider? time) : IClipLoaderFactory
    {
        public Task<ClipLoader> OpenAsync(RankInfo? rank, CancellationToken cancellation) =>
            ClipLoader.OpenAsync(manifest, rank is { } own ? options with { RankInfo = own } : options, loggers, supervisor: null, time, cancellation);
    }
}

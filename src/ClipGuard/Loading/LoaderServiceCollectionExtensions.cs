using ClipGuard.Manifests;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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
    Task<IClipLoader> OpenAsync(RankInfo? rank = null, CancellationToken cancellation = default);
}

/// <summary>Adds loaders to a service collection.</summary>
public static class LoaderServiceCollectionExtensions
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
        return services.AddSingleton<IClipLoaderFactory>(provider => Factory.Of(provider, manifest, options));
    }

    /// <summary>
    /// Adds an <see cref="IClipLoaderFactory"/> under a key, so that several stand side by side, as for training and validation. Its options are
    /// <c>IOptionsMonitor&lt;LoaderOptions&gt;</c>'s of the name that the key is, which configuration can be bound to:
    /// <c>services.AddOptions&lt;LoaderOptions&gt;("train").Bind(configuration.GetSection("Train"))</c>. They are read each time that a loader is opened.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="key">The service's key and the options' name.</param>
    /// <param name="manifest">Makes the manifest.</param>
    /// <param name="configure">
    /// Adds what configuration cannot say, as hooks and selections of frames: <c>options =&gt; options with { … }</c>. Null adds nothing.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddClipLoader(
        this IServiceCollection services, string key, Func<IServiceProvider, IManifest> manifest, Func<LoaderOptions, LoaderOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(manifest);
        services.AddOptions<LoaderOptions>(key);
        return services.AddKeyedSingleton<IClipLoaderFactory>(key, (provider, _) =>
        {
            var monitor = provider.GetRequiredService<IOptionsMonitor<LoaderOptions>>();
            return Factory.Of(provider, manifest, () => configure is null ? monitor.Get(key) : configure(monitor.Get(key)));
        });
    }

    private sealed class Factory(IManifest manifest, Func<LoaderOptions> options, ILoggerFactory? loggers, TimeProvider? time) : IClipLoaderFactory
    {
        public static Factory Of(IServiceProvider provider, Func<IServiceProvider, IManifest> manifest, Func<LoaderOptions> options) => new(
            manifest(provider),
            options,
            (ILoggerFactory?)provider.GetService(typeof(ILoggerFactory)),
            (TimeProvider?)provider.GetService(typeof(TimeProvider)));

        public static Factory Of(IServiceProvider provider, Func<IServiceProvider, IManifest> manifest, LoaderOptions options) =>
            Of(provider, manifest, () => options);

        public async Task<IClipLoader> OpenAsync(RankInfo? rank, CancellationToken cancellation)
        {
            LoaderOptions present = options();
            return await ClipLoader.OpenAsync(
                manifest, rank is { } own ? present with { RankInfo = own } : present, loggers, supervisor: null, time, cancellation).ConfigureAwait(false);
        }
    }
}

using System.Reflection;

namespace ClipGuard.Media;

/// <summary>Loads audio decoders from assemblies. To be done before a helper's sandbox closes, which may refuse system calls that loading code needs.</summary>
internal static class AudioDecoderLoader
{
    /// <summary>The name under which requests ask for the decoder in an assembly: its file's name without the extension.</summary>
    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>Loads decoders.</summary>
    /// <param name="paths">Absolute paths of the assemblies.</param>
    /// <param name="decoders">The decoders by name, where all could be loaded.</param>
    /// <returns>Null, or what is wrong and what to do.</returns>
    public static string? Load(IReadOnlyList<string> paths, out IReadOnlyDictionary<string, IAudioDecoder> decoders)
    {
        var loaded = new Dictionary<string, IAudioDecoder>(StringComparer.Ordinal);
        decoders = loaded;
        foreach (string path in paths)
        {
            try
            {
                if (FindClass(path) is not { } found)
                {
                    return $"{path} holds no audio decoder: no public class there implements {nameof(IAudioDecoder)}.{WhyEmpty(path)}";
                }

                var decoder = (IAudioDecoder)Activator.CreateInstance(found)!;

                // Asking for the version makes the runtime load the library behind the decoder now.
                _ = decoder.Version;
                loaded.Add(NameOf(path), decoder);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                return $"The audio decoder {path} cannot be loaded: {(error.InnerException ?? error).Message}";
            }
        }

        return null;
    }

    private static Type? FindClass(string path) =>
        Assembly.LoadFrom(path).GetExportedTypes()
            .SingleOrDefault(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IAudioDecoder)));

    private static string WhyEmpty(string path) => NameOf(path) == "ClipGuard.NAudio"
        ? " It was built where the package feed lacks NAudio.Core; build it where the feed has that package."
        : string.Empty;
}

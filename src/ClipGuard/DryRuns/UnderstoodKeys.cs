using ClipGuard.Manifests;

namespace ClipGuard.DryRuns;

/// <summary>How a row was understood, so that a person sees at once where its keys were taken for something else.</summary>
internal static class UnderstoodKeys
{
    /// <summary>The keys of its text and of its clips.</summary>
    public static string InWords(ManifestRow row) => row is not SampleRow { Sample: var sample }
        ? "no sample"
        : $"{Named("text", sample.TextKeys)}, {Named("clips", sample.Clips.Select(static clip => clip.Key))}";

    private static string Named(string what, IEnumerable<string> keys)
    {
        string named = string.Join(", ", keys.Distinct(StringComparer.Ordinal));
        return named.Length == 0 ? $"no {what}" : $"{what} under {named}";
    }
}

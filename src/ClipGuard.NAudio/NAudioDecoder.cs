using ClipGuard.Media;

using NAudio.Wave;

namespace ClipGuard.Audio;

/// <summary>
/// Decodes what NAudio parses in managed code: WAV (PCM of 8, 16, 24 and 32 bits, float of 32 and 64, RF64 too) and AIFF (PCM of 8, 16, 24 and 32 bits).
/// Other files are <see cref="FaultKind.Unsupported"/>.
/// </summary>
/// <remarks>Helpers load this assembly where <c>SupervisorOptions.AudioDecoders</c> has <see cref="AssemblyPath"/>; an <see cref="AudioSpec"/> chooses it by
/// <see cref="AudioSpec.Decoder"/> = <see cref="Name"/>.</remarks>
public sealed class NAudioDecoder : IAudioDecoder
{
    /// <summary>What <see cref="AudioSpec.Decoder"/> is set to.</summary>
    public const string Name = "ClipGuard.NAudio";

    private const int SignatureBytes = 12;

    private static readonly string[] Extensions = [".wav", ".wave", ".aif", ".aiff", ".aifc"];

    /// <summary>Where this assembly lies. NAudio.Core lies beside it.</summary>
    public static string AssemblyPath => typeof(NAudioDecoder).Assembly.Location is { Length: > 0 } path ? path
        : Path.Combine(AppContext.BaseDirectory, "ClipGuard.NAudio.dll");

    /// <inheritdoc/>
    public string Version { get; } = $"NAudio {typeof(WaveFileReader).Assembly.GetName().Version?.ToString(3)}";

    /// <inheritdoc/>
    public IAudioTrack Open(Stream clip, string fileName)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(fileName);
        Span<byte> signature = stackalloc byte[SignatureBytes];
        signature = signature[..clip.ReadAtLeast(signature, SignatureBytes, throwOnEndOfStream: false)];
        clip.Position = 0;
        bool isNamedSo = Extensions.Contains(Path.GetExtension(fileName), StringComparer.OrdinalIgnoreCase);
        return IsWav(signature) ? NAudioExceptionTranslator.Translate(() => WavOpener.Open(clip))
            : IsAiff(signature) ? NAudioExceptionTranslator.Translate(() => AiffOpener.Open(clip))
            : isNamedSo ? throw new InvalidDataException("The file begins with neither a WAV nor an AIFF header.")
            : throw new NotSupportedException("The file is neither WAV nor AIFF, which is all that NAudio reads here.");
    }

    private static bool IsWav(ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureBytes && (signature.StartsWith("RIFF"u8) || signature.StartsWith("RF64"u8)) && signature.EndsWith("WAVE"u8);

    private static bool IsAiff(ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureBytes && signature.StartsWith("FORM"u8) && (signature.EndsWith("AIFF"u8) || signature.EndsWith("AIFC"u8));
}

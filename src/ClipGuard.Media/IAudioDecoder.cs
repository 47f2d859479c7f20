namespace ClipGuard.Media;

/// <summary>
/// Decodes audio files in FFmpeg's place. It lies in an assembly of its own, as the one public class there that implements this interface and has
/// a constructor without parameters. A helper loads the assembly before its sandbox closes (<c>SupervisorOptions.AudioDecoders</c>) and uses it for
/// requests whose <see cref="AudioSpec.Decoder"/> names it. One decode at a time.
/// </summary>
/// <remarks>
/// A decoder only turns bytes into samples. Opening files, cutting out the wanted time range, mixing, resampling, limits and the judging of damage
/// are ClipGuard's, and the same as with FFmpeg.
/// </remarks>
public interface IAudioDecoder
{
    /// <summary>Name and version of the library that decodes, as in <c>NAudio 3.3.0</c>.</summary>
    string Version { get; }

    /// <summary>Reads a file's header.</summary>
    /// <param name="clip">
    /// The encoded bytes, from position 0; seekable, not buffered, and a read gives fewer bytes than asked for only at the end.
    /// It belongs to the caller and outlives the track. Its exceptions must not be caught, since the caller handles them:
    /// <see cref="OperationCanceledException"/> once the time to give up has come, <see cref="IOException"/> where the bytes cannot be read.
    /// </param>
    /// <param name="fileName">The file's name without its folder; empty for bytes in memory.</param>
    /// <returns>The file's audio. The caller disposes it.</returns>
    /// <exception cref="NotSupportedException">It is of a format that this decoder does not read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    IAudioTrack Open(Stream clip, string fileName);
}

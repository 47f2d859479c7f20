namespace ClipGuard.Media;

/// <summary>The audio of one open file, as an <see cref="IAudioDecoder"/> reads it.</summary>
public interface IAudioTrack : IDisposable
{
    /// <summary>FFmpeg's name of the container, as in <c>wav</c>; <see cref="DecodeLimits.AllowedFormats"/> is compared with it.</summary>
    string Format { get; }

    /// <summary>FFmpeg's name of the codec, as in <c>pcm_s16le</c>; <see cref="DecodeLimits.AllowedCodecs"/> is compared with it.</summary>
    string Codec { get; }

    /// <summary>Samples a second and channel. Positive.</summary>
    int SampleRateHz { get; }

    /// <summary>Channels. Positive.</summary>
    int Channels { get; }

    /// <summary>Samples of each channel that the header promises; null where it does not say. Fewer in the file are damage.</summary>
    long? DeclaredSamples { get; }

    /// <summary>Goes to a sample, so that the next <see cref="Read"/> begins there.</summary>
    /// <param name="sample">Its number within a channel, from 0.</param>
    /// <returns>The number of the sample that was reached: this one or one before it.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    long Seek(long sample);

    /// <summary>Decodes on.</summary>
    /// <param name="interleaved">
    /// Receives float32, nominally in [-1, 1], a sample of each channel in turn; its length is a multiple of <see cref="Channels"/>.
    /// </param>
    /// <returns>How many elements were written, a multiple of <see cref="Channels"/>; 0 at the end.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    int Read(Span<float> interleaved);
}

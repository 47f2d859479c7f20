namespace ClipGuard.Media;

/// <summary>
/// Turns encoded bytes into training data. One decode at a time; a decoder is not shared between threads.
/// A clip that is missing, damaged or too large is an answer with a fault; exceptions are bugs.
/// </summary>
public interface IClipDecoder : IDisposable
{
    /// <summary>Name and version of the library that decodes, as in <c>FFmpeg 5.1.9</c>.</summary>
    string Version { get; }

    /// <summary>Decodes one clip into the payload memory of <paramref name="context"/>.</summary>
    /// <param name="request">What to decode, as what.</param>
    /// <param name="context">Where the result goes, where progress is marked, and when to give up.</param>
    /// <returns>The shape of what was written, or a fault.</returns>
    DecodeAnswer Decode(DecodeRequest request, DecodeContext context);
}

namespace ClipGuard.Audio;

/// <summary>
/// Turns NAudio's exceptions into those of an <see cref="ClipGuard.Media.IAudioDecoder"/>. Its parsers do not check a header before they use it, so a damaged
/// one ends in exceptions of many kinds.
/// </summary>
internal static class NAudioExceptionTranslator
{
    /// <summary>Runs a parser.</summary>
    /// <exception cref="InvalidDataException">The header is damaged.</exception>
    public static T Translate<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException("The file ends within its header.", error);
        }
        catch (FormatException error) when (error.Message.Contains("not supported", StringComparison.Ordinal))
        {
            // NAudio has one such message, for compressed AIFC.
            throw new NotSupportedException(error.Message, error);
        }
        catch (FormatException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
        catch (Exception error) when (error
            is ArgumentException or InvalidOperationException or ArithmeticException or IndexOutOfRangeException or NullReferenceException)
        {
            throw new InvalidDataException($"The header is damaged: NAudio ended with {error.GetType().Name}.", error);
        }
    }
}

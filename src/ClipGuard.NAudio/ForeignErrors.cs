namespace ClipGuard.Audio;

/// <summary>
/// NAudio's errors in the words of a decoder. Its parsers trust a header far enough to run into errors of every kind over a damaged one,
/// and all of these mean that the header is damaged.
/// </summary>
internal static class ForeignErrors
{
    /// <summary>Runs a parser.</summary>
    /// <exception cref="InvalidDataException">The header is damaged.</exception>
    public static T Translate<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (EndOfStreamException trouble)
        {
            throw new InvalidDataException("The file ends within its header.", trouble);
        }
        catch (FormatException trouble) when (trouble.Message.Contains("not supported", StringComparison.Ordinal))
        {
            // The one such message is that of compressed AIFC.
            throw new NotSupportedException(trouble.Message, trouble);
        }
        catch (FormatException trouble)
        {
            throw new InvalidDataException(trouble.Message, trouble);
        }
        catch (Exception trouble) when (trouble is ArgumentException or InvalidOperationException or ArithmeticException or IndexOutOfRangeException or NullReferenceException)
        {
            throw new InvalidDataException($"The header is damaged: NAudio ended with {trouble.GetType().Name}.", trouble);
        }
    }
}

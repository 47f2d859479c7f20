namespace ClipGuard.Manifests;

/// <summary>One line of a text file, valid until the next one is read.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Offset">Where it begins, in bytes from the file's start.</param>
/// <param name="Raw">Its bytes, line ending included where there is one; empty where it was too long to keep.</param>
/// <param name="Length">Its length in bytes without the line ending, also where it was too long to keep.</param>
internal readonly record struct TextLine(long Number, long Offset, ReadOnlyMemory<byte> Raw, long Length)
{
    /// <summary>True where the line was longer than allowed.</summary>
    public bool IsTooLong => Length > Raw.Length;

    /// <summary>True where the line is only white space, and so no row.</summary>
    public bool IsBlank => !IsTooLong && Raw.Span is [] or [<= (byte)' ', ..] && Text.IndexOfAnyExcept(" \t\r"u8) < 0;

    /// <summary>The line without its ending.</summary>
    public ReadOnlySpan<byte> Text => Raw.Span[..(int)Length];

    /// <summary>The row of a line that is too long.</summary>
    public BadRow TooLong(ManifestOptions options) =>
        new(Number, 1, $"a line of {Length} bytes", $"at most {options.MaxLineBytes} ({nameof(ManifestOptions.MaxLineBytes)})");

    /// <summary>A line of known bytes.</summary>
    public static TextLine Of(long number, long offset, ReadOnlyMemory<byte> raw) => new(number, offset, raw, LengthWithoutEnding(raw.Span));

    /// <summary>Bytes before the LF or CRLF that ends a line.</summary>
    public static int LengthWithoutEnding(ReadOnlySpan<byte> raw)
    {
        if (!raw.EndsWith((byte)'\n'))
        {
            return raw.Length;
        }

        return raw.Length - (raw.EndsWith("\r\n"u8) ? 2 : 1);
    }
}

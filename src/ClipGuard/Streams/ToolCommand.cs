using System.Text;

namespace ClipGuard.Streams;

/// <summary>
/// A program with its arguments. In the arguments <c>{name}</c> stands for the path of the stream of that name, <c>{output}</c> for a file
/// that the tool may write its result to, and <c>{width} {height} {pixfmt} {subsampling} {bitdepth} {rate} {samplerate} {channels}</c> for
/// the first stream's figures (<c>{name.width}</c> and so on for those of another). <c>{{</c> and <c>}}</c> are braces.
/// </summary>
/// <param name="Program">A path, or a name that is looked for in PATH.</param>
/// <param name="Arguments">The arguments without the program's name.</param>
public sealed record ToolCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Reads a command line: words parted by blanks, with single or double quotes around those that hold some. No shell is asked.</summary>
    /// <exception cref="FormatException">There is no word, or a quote has no end.</exception>
    public static ToolCommand Parse(string commandLine)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        List<string> words = [];
        StringBuilder? word = null;
        char? quote = null;
        foreach (char letter in commandLine)
        {
            if (letter == quote)
            {
                quote = null;
            }
            else if (quote is null && letter is '"' or '\'')
            {
                quote = letter;
                word ??= new StringBuilder();
            }
            else if (quote is null && char.IsWhiteSpace(letter))
            {
                Finish();
            }
            else
            {
                word = (word ?? new StringBuilder()).Append(letter);
            }
        }

        Finish();
        return quote is not null ? throw new FormatException($"A quote has no end in: {commandLine}")
            : words.Count == 0 ? throw new FormatException("The command line is empty.")
            : new ToolCommand(words[0], words[1..]);

        void Finish()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program));
}

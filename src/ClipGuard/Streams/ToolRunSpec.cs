using ClipGuard.Media;

namespace ClipGuard.Streams;

/// <summary>One guarded run of another program on clips.</summary>
/// <param name="Tool">The program.</param>
/// <param name="Streams">What it reads; at least one, each under a name of its own.</param>
public sealed record ToolRunSpec(ToolCommand Tool, IReadOnlyList<ClipStream> Streams)
{
    /// <summary>True lets streams that are to fit each other have different frame rates. Default false: that is a fault.</summary>
    public bool AnyFrameRate { get; init; }

    /// <summary>
    /// True lets streams that are to fit each other have different lengths; then the tool may also stop at the shorter one's end. Default false:
    /// that is a fault.
    /// </summary>
    public bool AnyLength { get; init; }

    /// <summary>True lets the tool end before it has read everything. Default false: that is a fault.</summary>
    public bool PartialReading { get; init; }

    /// <summary>Exit codes that mean success. Default 0.</summary>
    public IReadOnlyList<int> SuccessCodes { get; init; } = [0];

    /// <summary>Threads that each decoder may use. Default 1, as everywhere.</summary>
    public int DecoderThreads { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>Finds what no run could put right.</summary>
    /// <exception cref="ArgumentException">A stream's name or target is not usable.</exception>
    /// <exception cref="FormatException">The command line does not go with the streams.</exception>
    internal void Validate()
    {
        if (Streams.Count == 0)
        {
            throw new ArgumentException("A tool run needs at least one stream.");
        }

        foreach (ClipStream stream in Streams)
        {
            bool plain = stream.Name is [>= 'a' and <= 'z', ..] && stream.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
            if (!plain || stream.Name == Placeholders.Output || Streams.Count(other => other.Name == stream.Name) > 1)
            {
                throw new ArgumentException($"'{stream.Name}' cannot be a stream's name: each has one of its own, of small letters, digits and '-'.");
            }

            if (stream.Spec.FitTo is { } other && !Streams.Any(one => one.Name == other && one != stream && one.Spec.GetType() == stream.Spec.GetType()))
            {
                throw new ArgumentException($"The stream '{stream.Name}' is to fit '{other}', and there is no other stream of that kind and name.");
            }

            if (FitsItself(stream))
            {
                throw new ArgumentException($"The stream '{stream.Name}' is to fit one that is to fit it in turn: none of them says what all are to be.");
            }
        }

        Placeholders.Check(this);
    }

    // No chain is longer than there are streams.
    private bool FitsItself(ClipStream stream)
    {
        ClipStream? next = stream;
        for (int steps = 0; next?.Spec.FitTo is { } name && steps <= Streams.Count; steps++)
        {
            next = Streams.FirstOrDefault(other => other.Name == name);
        }

        return next?.Spec.FitTo is not null;
    }
}

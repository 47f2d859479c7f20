using System.Diagnostics.CodeAnalysis;

using ClipGuard.Media;


namespace ClipGuard.Streams;

/// <summary>What a guarded tool run came to. By now every process of it is gone, and so are its FIFOs and its folder.</summary>
public sealed record ToolOutcome
{
    /// <summary>Why there is no result; null where the tool succeeded and read everything.</summary>
    public ToolFault? Fault { get; init; }

    /// <summary>True where there is no fault.</summary>
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsSuccess => Fault is null;

    /// <summary>The tool's exit code; null where it did not start or was ended by a signal.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What the tool wrote to its standard output; of more than the limit, the end.</summary>
    public CapturedText StandardOutput { get; init; } = CapturedText.Nothing;

    /// <summary>What it wrote to its standard error.</summary>
    public CapturedText StandardError { get; init; } = CapturedText.Nothing;

    /// <summary>
    /// What it wrote to the file that <c>{output}</c> stands for; of more than the limit, the end.
    /// Nothing where it left anything but a regular file there.
    /// </summary>
    public CapturedText Output { get; init; } = CapturedText.Nothing;

    /// <summary>How far each stream came, in the order of the run.</summary>
    public IReadOnlyList<StreamReport> Streams { get; init; } = [];

    /// <summary>Wall clock of all tries together.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>CPU time of the tool and its children, where it ended by itself.</summary>
    public TimeSpan ToolCpuTime { get; init; }

    /// <summary>Processes that outlived the tool and were ended.</summary>
    public int LeftBehindCount { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}

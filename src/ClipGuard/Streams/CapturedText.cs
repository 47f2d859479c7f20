using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams;

/// <summary>Text that a tool wrote, bounded.</summary>
/// <param name="Text">As UTF-8 has it; where there was more than the limit, the end of it.</param>
/// <param name="TotalBytes">Bytes that were written in all.</param>
/// <param name="IsCut">True where the beginning is missing.</param>
public sealed record CapturedText(string Text, long TotalBytes, bool IsCut)
{
    /// <summary>Nothing was written.</summary>
    public static CapturedText Nothing { get; } = new(string.Empty, 0, IsCut: false);

    /// <summary>What was kept of a pipe.</summary>
    internal static CapturedText Of(PipeTail tail) => new(tail.Text(), tail.TotalBytes, tail.IsCut);

    /// <inheritdoc/>
    public override string ToString() => Text;
}

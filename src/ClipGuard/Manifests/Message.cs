using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">The text, with a tag where each clip belongs.</param>
public sealed record Message(MessageRole Role, string Content)
{
    /// <summary>Whether this turn is trained on; null where the manifest leaves it open.</summary>
    public bool? Loss { get; init; }

    /// <summary>Weight of this turn's loss; null where the manifest leaves it open.</summary>
    public double? LossScale { get; init; }

    /// <summary>Every other key of the message, in order, as raw JSON.</summary>
    public IReadOnlyList<SampleField> Fields { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);
}

/// <summary>Who speaks in a <see cref="Message"/>. The names are ms-swift's.</summary>
public enum MessageRole
{
    /// <summary><c>system</c>.</summary>
    System,

    /// <summary><c>user</c>.</summary>
    User,

    /// <summary><c>assistant</c>.</summary>
    Assistant,

    /// <summary><c>tool_call</c>: the model asks for a tool.</summary>
    ToolCall,

    /// <summary><c>tool_response</c>, also written <c>tool</c>: what the tool answered.</summary>
    ToolResponse,
}

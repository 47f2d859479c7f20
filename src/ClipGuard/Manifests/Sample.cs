using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>One training sample: its text and the clips that belong to it.</summary>
public sealed record Sample
{
    /// <summary>
    /// The conversation, in order. The tags <c>&lt;image&gt;</c>, <c>&lt;video&gt;</c> and <c>&lt;audio&gt;</c> in it mark where clips belong: the n-th tag
    /// of a kind marks the n-th clip of that kind. Empty where the manifest's format has no messages.
    /// </summary>
    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>The clips in the order in which the row names them; clips of one kind are in the order of their tags.</summary>
    public IReadOnlyList<ClipReference> Clips { get; init; } = [];

    /// <summary>The row's keys that its messages were made of, as written; empty where there are none.</summary>
    internal IReadOnlyList<string> TextKeys { get; init; } = [];

    /// <summary>Every key of the row that is neither messages nor media, in order, as raw JSON.</summary>
    public IReadOnlyList<SampleField> Fields { get; init; } = [];

    /// <summary>Oddities of the row that do not stop training, one sentence each, as more tags than clips.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>Parses the field of that name.</summary>
    /// <param name="name">The key as the row writes it.</param>
    /// <param name="value">Its value; it stays valid and needs no disposal.</param>
    /// <returns>False where the row has no such key.</returns>
    public bool TryGetField(string name, out JsonElement value)
    {
        foreach (SampleField field in Fields)
        {
            if (string.Equals(field.Name, name, StringComparison.Ordinal))
            {
                value = JsonElement.Parse(field.Json.Span);
                return true;
            }
        }

        value = default;
        return false;
    }
}

/// <summary>A key of a row that ClipGuard passes on without reading it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Json">Its value as it is in the manifest, in UTF-8.</param>
public readonly record struct SampleField(string Name, ReadOnlyMemory<byte> Json);

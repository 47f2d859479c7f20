namespace ClipGuard.Media.Libav.Formats;

/// <summary>That an item of an AVIF or HEIC file belongs to another.</summary>
/// <param name="Kind">
/// Four letters: <c>auxl</c> where the first is an addition to the second, <c>prem</c> where the first is multiplied by the second, <c>dimg</c> where the
/// first is made from the second, and others.
/// </param>
/// <param name="From">The first item.</param>
/// <param name="To">The second.</param>
internal readonly record struct HeifReference(string Kind, uint From, uint To);

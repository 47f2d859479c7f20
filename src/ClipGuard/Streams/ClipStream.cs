using ClipGuard.Media;

namespace ClipGuard.Streams;

/// <summary>A clip that is written into a stream, for a tool to read from a path.</summary>
/// <param name="Name">What the stream is called in the command line's placeholders: letters, digits and <c>-</c>, beginning with a small letter.</param>
/// <param name="Source">Where the clip's bytes are.</param>
/// <param name="Spec">What is written: <see cref="VideoStreamSpec"/> or <see cref="AudioStreamSpec"/>.</param>
public sealed record ClipStream(string Name, ClipSource Source, StreamSpec Spec);

using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Selections;

namespace ClipGuard.Media.Libav.Video;

/// <summary>
/// A video given as a list of pictures, or as a single one: the chosen ones are decoded, the others are not opened. The list does not say when they were
/// taken, so they are shown at one frame a second.
/// </summary>
internal static class FileListDecode
{
    public static DecodeAnswer Run(DecodeState session, VideoSpec spec, FileListSource list)
    {
        if (list.Paths.Count == 0)
        {
            return new DecodeAnswer(session.Fault(FaultKind.Corrupt, "The list of frames is empty."));
        }

        return Run(session, spec, [.. list.Paths.Select(path => new FileSource(path))], number => $"Frame {number} of the list, {list.Paths[number]}: ");
    }

    /// <summary>A clip that is a single picture.</summary>
    public static DecodeAnswer RunOne(DecodeState session, VideoSpec spec) => Run(session, spec, [session.Request.Source], static _ => string.Empty);

    private static DecodeAnswer Run(DecodeState session, VideoSpec spec, IReadOnlyList<ClipSource> pictures, Func<int, string> name)
    {
        var timeline = new FrameTimeline([.. Enumerable.Range(0, pictures.Count)], [.. Enumerable.Repeat(true, pictures.Count)], 1, 1, RateHz: 1);
        if (FrameIndexSelector.Pick(spec, session.Limits.MaxFrames, timeline, out int[] frames) is var (kind, message))
        {
            return new DecodeAnswer(session.Fault(kind, message));
        }

        using var writer = new PictureWriter(session, spec);
        writer.Begin(frames.Length);
        var slotsOf = frames.Select((frame, slot) => (frame, slot)).GroupBy(pair => pair.frame, pair => pair.slot);
        List<int> damaged = [];
        foreach (IGrouping<int, int> group in slotsOf)
        {
            if (ImageDecode.Add(session, pictures[group.Key], writer, [.. group], out bool isDamaged) is { } fault)
            {
                return new DecodeAnswer(fault with { Message = $"{name(group.Key)}{fault.Message}" });
            }

            if (isDamaged)
            {
                damaged.Add(group.Key);
            }
        }

        if (damaged.Count > session.Limits.MaxDamagedFrames)
        {
            return new DecodeAnswer(session.Fault(FaultKind.Corrupt, $"{name(damaged.Min())}{damaged.Count} of the wanted pictures are damaged."));
        }

        return new DecodeAnswer(new DecodedClip(ElementType.UInt8, WindowedVideoShape.Of(spec, writer.Shape!))
        {
            FrameTimesSeconds = [.. frames],
            InterlacedFrameCount = writer.InterlacedFrames,
            Damage = new DamageReport
            {
                RepeatedFrameCount = frames.Length - slotsOf.Count(),
                CorruptFrameCount = damaged.Count,
                DamagedWantedFrameCount = damaged.Count,
                FirstAt = damaged.Count > 0 ? TimeSpan.FromSeconds(damaged.Min()) : null,
            },
        });
    }
}

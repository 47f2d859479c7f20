using ClipGuard.Media.Libav.Pictures;

namespace ClipGuard.Media.Libav.Video;

/// <summary>A video given as a list of pictures: the chosen ones are decoded, the others are not even opened.</summary>
internal static class FrameListDecode
{
    public static DecodeAnswer Run(DecodeSession session, VideoSpec spec, FileListSource list)
    {
        if (list.Paths.Count == 0)
        {
            return new DecodeAnswer(session.Fault(FaultKind.Corrupt, "The list of frames is empty."));
        }

        using var writer = new PictureWriter(session);
        int[] wanted = UniformFrames.Pick(list.Paths.Count, spec.Frames);
        for (int i = 0; i < wanted.Length; i++)
        {
            string path = list.Paths[wanted[i]];
            if (ImageDecode.Add(session, new FileSource(path), writer, spec.Width, spec.Height, out _) is { } fault)
            {
                return new DecodeAnswer(fault with { Message = $"Frame {wanted[i]} of the list, {path}: {fault.Message}" });
            }
        }

        return new DecodeAnswer(new DecodedClip(ElementType.UInt8, [wanted.Length, spec.Height, spec.Width, 3]));
    }
}

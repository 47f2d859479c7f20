using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>How a decoded picture is made upright: mirrored from left to right where <paramref name="Mirrored"/>, then turned clockwise.</summary>
/// <param name="QuarterTurns">0 to 3, clockwise.</param>
/// <param name="Mirrored">True where left and right change places first.</param>
internal readonly record struct DisplayRotation(int QuarterTurns, bool Mirrored)
{
    private const int MatrixNumbers = 9;

    /// <summary>True where width and height change places.</summary>
    public bool Sideways => (QuarterTurns & 1) != 0;

    public bool IsUpright => QuarterTurns == 0 && !Mirrored;

    /// <summary>The turn that a frame asks for, or else the one its stream asks for.</summary>
    public static unsafe DisplayRotation Of(AVFrame* frame, AVStream* stream)
    {
        AVFrameSideData* ofFrame = ffmpeg.av_frame_get_side_data(frame, AVFrameSideDataType.AV_FRAME_DATA_DISPLAYMATRIX);
        if (ofFrame != null && ofFrame->size >= MatrixNumbers * sizeof(int))
        {
            return FromMatrix((int*)ofFrame->data);
        }

        return Of(stream);
    }

    /// <summary>The turn that a stream asks for.</summary>
    public static unsafe DisplayRotation Of(AVStream* stream)
    {
        ulong bytes;
        byte* ofStream = LibavBindings.SideDataOf(stream, AVPacketSideDataType.AV_PKT_DATA_DISPLAYMATRIX, &bytes);
        return ofStream != null && bytes >= MatrixNumbers * sizeof(int) ? FromMatrix((int*)ofStream) : default;
    }

    // The matrix maps a picture's point (x, y) to (a·x + c·y, b·x + d·y) on the display, both axes running right and down.
    private static unsafe DisplayRotation FromMatrix(int* matrix)
    {
        double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
        bool mirrored = (a * d) - (b * c) < 0;

        // Mirroring comes first and negates the column of x; without it the matrix is a rotation.
        double angle = mirrored ? Math.Atan2(-b, -a) : Math.Atan2(b, a);
        int turns = (int)Math.Round(angle / (Math.PI / 2)) & 3;
        return a == 0 && b == 0 ? default : new DisplayRotation(turns, mirrored);
    }
}

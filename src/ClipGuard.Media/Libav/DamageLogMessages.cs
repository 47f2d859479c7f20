namespace ClipGuard.Media.Libav;

/// <summary>
/// Log messages by which decoders and demuxers of FFmpeg report damage that no return value or flag reports: the frames that they then give look whole.
/// All of them mean that the clip's bytes are not as they were written. Messages that healthy clips cause too are not among them.
/// </summary>
internal static class DamageLogMessages
{
    // The beginnings of the format strings in FFmpeg's sources, before numbers are filled in.
    private static readonly string[] Messages =
    [
        // HEVC: a frame that others are built on is not there, and gray takes its place.
        "Could not find ref with POC",

        // HEVC: a slice is skipped, or its pixels do not match their checksum. (AV_EF_EXPLODE would also refuse frames for unusual SEI messages.)
        "mismatching checksum of plane",
        "Verifying checksum for frame with POC", // 7.1: said of right ones too, but not as an error
        "Two slices reporting being the first",
        "PPS id out of range",
        "PPS changed between slices",
        "Independent slice segment missing",
        "Invalid slice segment address",
        "Unknown slice type",
        "Inter slices in an IRAP frame",
        "No ref lists in the SPS",
        "Too many refs",
        "Zero refs ",
        "Invalid collocated_ref_idx",
        "Invalid reference index",
        "Invalid number of merging MVP candidates",
        "num_entry_point_offsets %d is invalid",
        "offset_len %d is invalid",
        "too many slice_header_extension_data_bytes",
        "The slice_qp %d is outside",
        "The cu_qp_delta %d is outside",
        "Impossible slice segment",
        "Overread slice header",
        "Duplicate POC in a sequence",
        "CABAC_MAX_BIN",
        "Previous slice segment missing",
        "entry_point_offset table is corrupted",
        "Error constructing the frame RPS",

        // FFV1: a part of the picture is taken from the one before.
        "CRC mismatch %X!",
        "slice CRC mismatch",

        // GIF: the rest of the picture stays as it was.
        "LZW decode failed",

        // TIFF: the rest of the picture stays as it was.
        "Uncompressing failed (",
        "JPEG decoding error",
        "Decoded only %i bytes of %i",
        "Source data overread",
        "Read went out of bounds",
        "Copy went out of bounds",
        "Run went out of bounds",

        // Ogg: a page is skipped.
        "CRC mismatch!",

        // Matroska: the file ends before its segment does.
        "File ended prematurely",

        // Matroska: bytes are skipped up to the next place that looks like a beginning.
        "0x00 at pos %",
        "Length %d indicated by an EBML number",
        "Element at 0x%",
        "Unknown element %",
    ];

    /// <summary>True for a message that reports damage.</summary>
    /// <param name="message">The message, before numbers are filled in.</param>
    public static bool IsAdmittedIn(string message) => Array.Exists(Messages, known => message.StartsWith(known, StringComparison.Ordinal));
}

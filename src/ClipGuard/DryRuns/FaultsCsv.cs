using System.Globalization;
using System.Text;

using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>
/// Makes <c>faults.csv</c> of <c>faults.jsonl</c>, for people and their spreadsheets: RFC 4180 with a row of names, in UTF-8. A cell that a spreadsheet would
/// take for a formula has an apostrophe before it.
/// </summary>
internal static class FaultsCsv
{
    private const string PartialSuffix = ".partial";

    private static readonly string Names = string.Join(
        ',',
        "line", "id", "kind", "clip", "path", "fault", "stage", "message", "elapsedSeconds", "cpuSeconds", "packets", "frames", "peakMemoryBytes", "attempts");

    /// <summary>Writes the table.</summary>
    /// <param name="faultsPath">The records.</param>
    /// <param name="path">The table, which bears this name once it is whole.</param>
    /// <exception cref="OutputException">A file cannot be read or written.</exception>
    public static void Write(string faultsPath, string path)
    {
        try
        {
            using (var table = new StreamWriter(path + PartialSuffix, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16))
            {
                table.Write(Names + "\r\n");
                foreach (FaultRecord record in DryRunFiles.ReadFaults(faultsPath))
                {
                    table.Write(Line(record));
                    table.Write("\r\n");
                }
            }

            File.Move(path + PartialSuffix, path, overwrite: true);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(path, error);
        }
    }

    private static string Line(FaultRecord record) => record is ClipFaultRecord clip
        ? string.Join(
            ',',
            Number(clip.Line),
            Text(clip.Id),
            clip.Kind.ToString().ToLowerInvariant(),
            Text(clip.Clip),
            Text(clip.Path),
            clip.Fault,
            clip.Stage.ToString().ToLowerInvariant(),
            Text(clip.Message),
            Number(clip.ElapsedSeconds),
            Number(clip.CpuSeconds),
            Number(clip.PacketCount),
            Number(clip.FrameCount),
            Number(clip.PeakMemoryBytes),
            Number(clip.AttemptCount))
        : string.Join(',', Number(record.Line), Text(record.Id), string.Empty, string.Empty, string.Empty, record.Fault, string.Empty, Text(record.Message))
            + ",,,,,,";

    private static string Number(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>A cell with text of others.</summary>
    internal static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        bool isFormula = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r'
            && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        string cell = isFormula ? "'" + text : text;
        return cell.AsSpan().IndexOfAny("\",\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}

using System.Globalization;
using System.Text.Json;

using ClipGuard.Cli.Screens;
using ClipGuard.Media.Streams;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Comparing;

/// <summary>What a comparison says, to people and to programs.</summary>
internal static class CompareOutput
{
    private const int NameWidth = 18;

    /// <summary>One pair, for a person.</summary>
    public static string Text(ComparisonResult result) => result.Outcome.Fault is { } fault
        ? $"{fault.Culprit}  {fault.Kind}  {PrintableText.Line(fault.Message)}"
        : string.Join(
            Environment.NewLine,
            [.. result.Scores.Select(Score), $"{"frames",-NameWidth} {Wording.Number(result.Outcome.Streams[0].Frames)}  {Shape(result)}"]);

    /// <summary>One pair, for a program.</summary>
    public static string Json(string reference, string distorted, ComparisonResult result)
    {
        if (result.Outcome.Fault is { } fault)
        {
            return JsonSerializer.Serialize(PairFaultRecord.Of(0, reference, distorted, fault), ComparisonJsonOptions.Options);
        }

        string scores = string.Join(", ", result.Scores.Select(score => $"{Quoted(score.Key)}: {ScoreFields.Json(score.Value)}"));
        return $"{{\"reference\": {Quoted(reference)}, \"distorted\": {Quoted(distorted)}, "
            + $"\"frames\": {result.Outcome.Streams[0].Frames}, \"scores\": {{{scores}}}}}";
    }

    /// <summary>A manifest, for a person.</summary>
    public static string Text(PairRun run, PairRunOptions options) => string.Join(
        Environment.NewLine,
        [
            $"{Wording.Count(run.Scored, "pair")} scored, {Wording.Number(run.Faults)} without a score",
            .. run.Means.Select(mean => $"  mean {Score(mean)}"),
            $"Scores      {PrintableText.Line(Path.Combine(options.OutputFolder, PairRun.ScoresName))}",
            $"No score    {PrintableText.Line(Path.Combine(options.OutputFolder, PairRun.FaultsName))}",
        ]);

    /// <summary>A manifest, for a program.</summary>
    public static string Json(PairRun run, PairRunOptions options)
    {
        string means = string.Join(", ", run.Means.Select(mean => $"{Quoted(mean.Key)}: {ScoreFields.Json(mean.Value)}"));
        return $"{{\"scored\": {run.Scored}, \"faults\": {run.Faults}, \"means\": {{{means}}}, "
            + $"\"scoresPath\": {Quoted(Path.Combine(options.OutputFolder, PairRun.ScoresName))}, "
            + $"\"faultsPath\": {Quoted(Path.Combine(options.OutputFolder, PairRun.FaultsName))}}}";
    }

    private static string Score(KeyValuePair<string, double> score) =>
        $"{PrintableText.Line(score.Key),-NameWidth} "
        + (double.IsInfinity(score.Value) ? "inf" : score.Value.ToString("0.######", CultureInfo.InvariantCulture));

    private static string Shape(ComparisonResult result) =>
        result.Outcome.Streams[0].Format is VideoFormat video ? $"of {video.Shape}" : string.Empty;

    private static string Quoted(string text) => JsonSerializer.Serialize(text, ComparisonJsonOptions.Options);
}

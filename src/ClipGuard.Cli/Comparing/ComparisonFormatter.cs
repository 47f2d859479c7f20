using System.Globalization;
using System.Text.Json;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Media.Streams;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Comparing;

/// <summary>What a comparison says, to people and to programs.</summary>
internal static class ComparisonFormatter
{
    private const int NameWidth = 18;
    private const int LastWords = 5;

    /// <summary>One pair, for a person. Of a program that failed, its own last words.</summary>
    public static string Text(ComparisonResult result) => result.Outcome.Fault is { } fault
        ? string.Join(
            Environment.NewLine,
            [
                $"{fault.Culprit}  {fault.Kind}  {PrintableText.Line(fault.Message)}",
                .. fault.PostMortem.Log.TakeLast(LastWords).Select(static line => $"  {PrintableText.Line(line)}"),
            ])
        : string.Join(
            Environment.NewLine,
            [.. result.Scores.Select(Score), $"{"frames",-NameWidth} {Wording.Number(result.Outcome.Streams[0].FrameCount)}  {Shape(result)}"]);

    /// <summary>One pair, for a program.</summary>
    public static string Json(string reference, string distorted, ComparisonResult result)
    {
        if (result.Outcome.Fault is { } fault)
        {
            return JsonSerializer.Serialize(PairFaultRecord.Of(0, reference, distorted, fault), ComparisonJsonOptions.Options);
        }

        string scores = string.Join(", ", result.Scores.Select(score => $"{Quoted(score.Key)}: {ScoreFieldJson.Json(score.Value)}"));
        return $"{{\"reference\": {Quoted(reference)}, \"distorted\": {Quoted(distorted)}, "
            + $"\"frames\": {result.Outcome.Streams[0].FrameCount}, \"scores\": {{{scores}}}}}";
    }

    /// <summary>A manifest, for a person.</summary>
    public static string Text(ManifestComparison run, ManifestComparisonOptions options, bool perFrame) => string.Join(
        Environment.NewLine,
        [
            $"{Wording.Count(run.ScoredCount, "pair")} scored, {Wording.Number(run.FaultCount)} without a score",
            .. run.Statistics.SelectMany(static score => Lines(score)),
            $"Scores      {PrintableText.Line(Path.Combine(options.OutputFolder, ManifestComparison.ScoresName))}",
            $"No score    {PrintableText.Line(Path.Combine(options.OutputFolder, ManifestComparison.FaultsName))}",
            .. perFrame ? [Frames(run, options)] : Array.Empty<string>(),
            .. RelativePathsHint(run, options) is { } hint ? [PrintableText.Line(hint)] : Array.Empty<string>(),
        ]);

    /// <summary>A manifest, for a program.</summary>
    public static string Json(ManifestComparison run, ManifestComparisonOptions options)
    {
        string means = string.Join(", ", run.Statistics.Select(static score => $"{Quoted(score.Name)}: {ScoreFieldJson.Json(score.Mean)}"));
        string statistics = JsonSerializer.Serialize(run.Statistics.ToDictionary(static score => score.Name), ComparisonJsonOptions.Options);
        return $"{{\"scored\": {run.ScoredCount}, \"faults\": {run.FaultCount}, \"means\": {{{means}}}, \"statistics\": {statistics}, "
            + $"\"scoresPath\": {Quoted(Path.Combine(options.OutputFolder, ManifestComparison.ScoresName))}, "
            + $"\"faultsPath\": {Quoted(Path.Combine(options.OutputFolder, ManifestComparison.FaultsName))}}}";
    }

    private static string Frames(ManifestComparison run, ManifestComparisonOptions options) =>
        $"Frames      {PrintableText.Line(Path.Combine(options.OutputFolder, ManifestComparison.FramesName))}"
        + (run.WithoutFramesCount == 0 ? string.Empty : $", without those of {Wording.Count(run.WithoutFramesCount, "pair")} that wrote too much");

    // The mean says of how many pairs it is: equal ones are infinitely good, and would make every mean so.
    private static IEnumerable<string> Lines(ScoreStatistics score)
    {
        string infinite = score.InfiniteCount == 0 ? string.Empty : $", {Wording.Number(score.InfiniteCount)} more infinite";
        yield return $"  mean {Score(new(score.Name, score.Mean))}  of {Wording.Count(score.Count, "pair")}{infinite}";
        if (score.Count > 1)
        {
            string harmonic = score.HarmonicMean is { } mean ? $", harmonic mean {Figure(mean)}" : string.Empty;
            yield return $"       {string.Empty,-NameWidth}   from {Figure(score.Min)} to {Figure(score.Max)}, 1 % below {Figure(score.Percentile1)}, "
                + $"5 % below {Figure(score.Percentile5)}, half below {Figure(score.Median)}{harmonic}";
        }
    }

    private static string? RelativePathsHint(ManifestComparison run, ManifestComparisonOptions options)
    {
        string? home = options.ManifestPath == StandardStreams.InputPath ? Environment.CurrentDirectory : Path.GetDirectoryName(options.ManifestPath);
        return !run.HasRelativePaths || home is null || options.OutputFolder == home ? null
            : options.Manifest.Root is { } root ? $"{ManifestComparison.ScoresName} holds relative paths: read it with the same root, --root {root}."
            : $"{ManifestComparison.ScoresName} holds relative paths: put it beside the manifest, into {home}, or read it with --root {home}.";
    }

    private static string Score(KeyValuePair<string, double> score) => $"{PrintableText.Line(score.Key),-NameWidth} {Figure(score.Value)}";

    private static string Figure(double score) => double.IsInfinity(score) ? "inf" : score.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Shape(ComparisonResult result) =>
        result.Outcome.Streams[0].Format is VideoFormat video ? $"of {video.Shape}" : string.Empty;

    private static string Quoted(string text) => JsonSerializer.Serialize(text, ComparisonJsonOptions.Options);
}

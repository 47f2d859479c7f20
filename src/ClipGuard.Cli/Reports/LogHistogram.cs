using System.Globalization;

using ClipGuard.Cli.Screens;

namespace ClipGuard.Cli.Reports;

/// <summary>
/// How often values of about each size came, in bins of equal ratio, whatever their number: memory is that of the bins. From a millionth to a million millions.
/// </summary>
internal sealed class LogHistogram
{
    private const int PerDecade = 48;
    private const int LowestDecade = -6;
    private const int Decades = 18;
    private const int FewestBars = 8;
    private const int MostBars = 24;

    private static readonly int[] BarsPerDecade = [48, 24, 12, 6, 3, 2, 1];

    private readonly long[] _counts = new long[PerDecade * Decades];
    private double _least = double.PositiveInfinity;
    private double _most;

    /// <summary>Values that were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum.</summary>
    public double Sum { get; private set; }

    /// <summary>Counts a value; one that is not positive is passed over.</summary>
    public void Add(double? value)
    {
        if (value is not > 0 || !double.IsFinite(value.Value))
        {
            return;
        }

        _counts[Math.Clamp((int)Math.Floor((Math.Log10(value.Value) - LowestDecade) * PerDecade), 0, _counts.Length - 1)]++;
        Count++;
        Sum += value.Value;
        _least = Math.Min(_least, value.Value);
        _most = Math.Max(_most, value.Value);
    }

    /// <summary>The histogram, with as few decades and as fine bars as fit; null where nothing was counted.</summary>
    /// <param name="title">Of what.</param>
    /// <param name="noun">What was counted.</param>
    /// <param name="show">Shows a value.</param>
    /// <param name="sum">Shows the sum; null to leave it out.</param>
    public ReportHistogram? Draw(string title, string noun, Func<double, string> show, Func<double, string>? sum = null)
    {
        if (Count == 0)
        {
            return null;
        }

        int first = Array.FindIndex(_counts, static count => count > 0);
        int last = Array.FindLastIndex(_counts, static count => count > 0);
        int perDecade = BarsPerDecade.First(bars => ((last - first) / (PerDecade / bars)) + 2 <= MostBars || bars == 1);
        int width = PerDecade / perDecade;
        int from = first / width;
        int to = (last / width) + 1;
        int missing = Math.Max(0, FewestBars - (to - from));
        from = Math.Max(0, from - (missing / 2));
        to = Math.Min(_counts.Length / width, to + missing - (missing / 2));
        long[] counts = [.. Enumerable.Range(from, to - from).Select(bar => _counts.AsSpan(bar * width, width).ToArray().Sum())];
        string[] edges = [.. Enumerable.Range(from, to - from + 1).Select(bar => show(EdgeOf(bar * width)))];
        string summary = $"{Wording.Count(Count, noun)}, "
            + (_least == _most ? $"all {show(_least)}" : $"from {show(_least)} to {show(_most)}, half of them up to about {show(Middle())}")
            + (sum is null ? string.Empty : $", {sum(Sum)} in all");
        return new ReportHistogram(title, counts, [.. edges.Zip(edges.Skip(1), static (left, right) => $"{left} – {right}")], edges[..^1], summary);
    }

    private static double EdgeOf(int bin) => Math.Pow(10, LowestDecade + ((double)bin / PerDecade));

    private double Middle()
    {
        long before = 0;
        int bin = 0;
        while (before + _counts[bin] < (Count + 1) / 2)
        {
            before += _counts[bin++];
        }

        return Math.Clamp(EdgeOf(bin + 1), _least, _most);
    }

    /// <summary>A number to three digits.</summary>
    public static string Short(double value) => value >= 1000
        ? Math.Round(value).ToString("N0", CultureInfo.InvariantCulture)
        : value.ToString("G3", CultureInfo.InvariantCulture);
}

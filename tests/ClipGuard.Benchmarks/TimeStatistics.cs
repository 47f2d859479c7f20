namespace ClipGuard.Benchmarks;

/// <summary>A sample of measured times and what is said of it.</summary>
internal sealed class TimeStatistics(string what)
{
    private readonly List<double> _values = [];

    public void Add(TimeSpan time) => _values.Add(time.TotalMilliseconds);

    public double Median => Quantile(0.5);

    public double Sum => _values.Sum();

    public double Quantile(double share)
    {
        double[] sorted = [.. _values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    public void Print() =>
        Console.WriteLine(FormattableString.Invariant(
            $"{what}: n {_values.Count}, median {Median:0.000} ms, p90 {Quantile(0.9):0.000} ms, p99 {Quantile(0.99):0.000} ms, max {_values.Max():0.000} ms"));
}

using System.Globalization;

namespace ClipGuard.Benchmarks;

/// <summary>Something that is measured beside ClipGuard in the same run.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Goal">The least that ClipGuard's rate over its own is to be; null where the ratio is only told.</param>
/// <param name="RateAsync">Runs it once and gives its rate, more being better; null where it had to be killed.</param>
internal sealed record Rival(string Name, double? Goal, Func<Task<double?>> RateAsync);

/// <summary>ClipGuard and its rivals take turns, so that what else the machine does meets them all. A round gives one ratio for each rival.</summary>
internal static class ComparisonRounds
{
    public static async Task RunAsync(string what, string unit, int rounds, Func<Task<double>> ours, IReadOnlyList<Rival> rivals)
    {
        rounds = BenchmarkSmokeRun.Of(rounds, 1);
        var ownRates = new List<double>();
        var rates = rivals.ToDictionary(rival => rival, _ => new List<double>());
        var ratios = rivals.ToDictionary(rival => rival, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            double own = await ours();
            ownRates.Add(own);
            string line = FormattableString.Invariant($"{what}: round {round + 1} of {rounds}: ClipGuard {own:0.0}");
            foreach (Rival rival in rivals)
            {
                if (await rival.RateAsync() is { } rate)
                {
                    rates[rival].Add(rate);
                    ratios[rival].Add(own / rate);
                    line += FormattableString.Invariant($"; {rival.Name} {rate:0.0}");
                }
                else
                {
                    line += $"; {rival.Name} took too long and was killed, which does not count";
                }
            }

            Console.WriteLine(line);
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{what}: ClipGuard, median of {rounds} rounds: {Median(ownRates):0.0} {unit} ({ownRates.Min():0.0} to {ownRates.Max():0.0})"));
        foreach (Rival rival in rivals.Where(rival => ratios[rival].Count > 0))
        {
            List<double> all = ratios[rival];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {rival.Name}: {Median(rates[rival]):0.0} {unit}; ClipGuard to it, median of {all.Count} rounds: {Median(all):0.000} "
                    + $"({all.Min():0.000} to {all.Max():0.000}){(rival.Goal is { } goal ? $", goal at least {goal:0.0#}" : string.Empty)}"));
        }
    }

    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

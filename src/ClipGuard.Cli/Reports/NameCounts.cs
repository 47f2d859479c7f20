using ClipGuard.Cli.Screens;

namespace ClipGuard.Cli.Reports;

/// <summary>How many clips are good, bad and unsettled by one thing that they have in common. Beyond ten thousand values the rest are one.</summary>
/// <param name="name">What that is.</param>
/// <param name="plural">What many of them are called.</param>
internal sealed class NameCounts(string name, string plural)
{
    private const int MostNames = 10_000;
    private const int ShownNames = 15;

    private readonly Dictionary<string, long[]> _counts = [];
    private readonly long[] _others = new long[3];

    /// <summary>Counts a clip.</summary>
    public void Add(string value, ClipFate fate)
    {
        if (!_counts.TryGetValue(value, out long[]? counts))
        {
            counts = _others;
            if (_counts.Count < MostNames)
            {
                _counts.Add(value, counts = new long[3]);
            }
        }

        counts[(int)fate]++;
    }

    /// <summary>The values with most bad clips, and of these with as many those with most clips.</summary>
    public ReportBreakdown Draw(string? note = null)
    {
        KeyValuePair<string, long[]>[] ordered =
        [
            .. _counts.OrderByDescending(static pair => pair.Value[(int)ClipFate.Bad]).ThenByDescending(static pair => pair.Value.Sum())
                .ThenBy(static pair => pair.Key, StringComparer.Ordinal),
        ];
        long[] rest = [.. Enumerable.Range(0, 3).Select(fate => _others[fate] + ordered.Skip(ShownNames).Sum(pair => pair.Value[fate]))];
        IEnumerable<object[]> rows = ordered.Take(ShownNames).Select(static pair => (object[])[pair.Key, pair.Value[0], pair.Value[1], pair.Value[2]]);
        if (rest.Sum() > 0)
        {
            string number = _others.Sum() > 0 ? "other" : $"{Wording.Number(ordered.Length - (long)ShownNames)} other";
            rows = rows.Append([$"{number} {plural}", rest[0], rest[1], rest[2]]);
        }

        return new ReportBreakdown(name, [.. rows], note);
    }

    /// <summary>As a histogram of the good ones, most frequent values in order of their size; null where nothing was counted.</summary>
    public ReportHistogram? DrawGood(string title, string noun)
    {
        (string Name, long Count)[] most =
        [
            .. _counts.Select(static pair => (pair.Key, pair.Value[(int)ClipFate.Good])).Where(static one => one.Item2 > 0)
                .OrderByDescending(static one => one.Item2).Take(ShownNames),
        ];
        if (most.Length == 0)
        {
            return null;
        }

        (string Name, long Count)[] shown = [.. most.OrderBy(static one => one.Name.Length).ThenBy(static one => one.Name, StringComparer.Ordinal)];
        long all = _counts.Values.Sum(static counts => counts[(int)ClipFate.Good]) + _others[(int)ClipFate.Good];
        long left = all - most.Sum(static one => one.Count);
        return new ReportHistogram(
            title,
            [.. shown.Select(static one => one.Count)],
            [.. shown.Select(static one => one.Name)],
            [.. shown.Select(static one => one.Name)],
            $"{Wording.Count(all, noun)}, most often {most[0].Name}" + (left == 0 ? string.Empty : $"; {Wording.Number(left)} of rarer values are not shown"))
        {
            Centred = true,
        };
    }
}

/// <summary>What came of a clip.</summary>
internal enum ClipFate
{
    /// <summary>It decoded.</summary>
    Good,

    /// <summary>It has a fault.</summary>
    Bad,

    /// <summary>Nobody knows.</summary>
    Unsettled,
}

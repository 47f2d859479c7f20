using System.Text.Json.Serialization;

namespace ClipGuard.Cli.Reports;

/// <summary>A table of any number of rows, column by column, so that 100,000 rows are a few megabytes.</summary>
/// <param name="Id">Its name within the page.</param>
/// <param name="Title">Its title.</param>
/// <param name="Columns">Its columns, all of the same length.</param>
internal sealed record ReportTable(string Id, string Title, IReadOnlyList<ReportColumn> Columns)
{
    /// <summary>Rows.</summary>
    public int Count { get; init; }

    /// <summary>What has to be said of it.</summary>
    public string? Note { get; init; }
}

/// <summary>A column of a table.</summary>
/// <param name="Title">Its title.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TextColumn), "text")]
[JsonDerivedType(typeof(SparseColumn), "sparse")]
[JsonDerivedType(typeof(ChoiceColumn), "choice")]
[JsonDerivedType(typeof(NumberColumn), "number")]
internal abstract record ReportColumn(string Title)
{
    /// <summary>Left out where the window is narrow; a row that is opened has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Less { get; init; }

    /// <summary>Shown in a row that is opened alone; one of choices is chosen by all the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Hidden { get; init; }
}

/// <summary>Texts that are often like the one before, as names in their order are: of each, what differs.</summary>
internal sealed record TextColumn(string Title) : ReportColumn(Title)
{
    private string _before = string.Empty;

    /// <summary>Whether its cells open their rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Opens { get; init; }

    /// <summary>UTF-16 units that each text shares with the one before.</summary>
    public List<int> Shared { get; } = [];

    /// <summary>What follows them.</summary>
    public List<string> Rest { get; } = [];

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        int shared = _before.AsSpan().CommonPrefixLength(text);

        // Half of a character that takes two units is no text.
        shared -= shared > 0 && char.IsHighSurrogate(text[shared - 1]) ? 1 : 0;
        Shared.Add(shared);
        Rest.Add(text[shared..]);
        _before = text;
    }
}

/// <summary>Texts that most rows do not have. They are searched, and shown where a row is opened.</summary>
internal sealed record SparseColumn(string Title) : ReportColumn(Title)
{
    /// <summary>Numbers of the rows that have one.</summary>
    public List<int> At { get; } = [];

    /// <summary>Their texts.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>Adds a row's text.</summary>
    public void Add(int row, string text)
    {
        At.Add(row);
        Texts.Add(text);
    }
}

/// <summary>One of a few texts for each row.</summary>
internal sealed record ChoiceColumn(string Title) : ReportColumn(Title)
{
    private readonly Dictionary<string, int> _known = [];

    /// <summary>The texts.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Which of them each row has.</summary>
    public List<int> Index { get; } = [];

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        if (!_known.TryGetValue(text, out int index))
        {
            _known.Add(text, index = Names.Count);
            Names.Add(text);
        }

        Index.Add(index);
    }
}

/// <summary>A number for each row that has one.</summary>
internal sealed record NumberColumn(string Title) : ReportColumn(Title)
{
    private const int Digits = 5;

    /// <summary>What they are counts of; null for nothing in particular.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Unit { get; init; }

    /// <summary>Whether the smallest are sorted first where nothing else is said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Ascending { get; init; }

    /// <summary>The numbers.</summary>
    public List<double?> Numbers { get; } = [];

    /// <summary>Adds a whole number as it is, any other to five digits.</summary>
    public void Add(double? number) => Numbers.Add(
        number is not { } known || !double.IsFinite(known) ? null
        : known == Math.Truncate(known) ? known
        : Math.Round(known, Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(known))), 0, 15)));
}

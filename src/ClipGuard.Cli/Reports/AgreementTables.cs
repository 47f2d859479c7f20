using ClipGuard.Cli.Screens;
using ClipGuard.DryRuns.SecondOpinions;

namespace ClipGuard.Cli.Reports;

/// <summary>What a report tells of a second decoder: how often it agreed, and where it did not.</summary>
internal static class AgreementTables
{
    /// <summary>How often the two agreed, by format.</summary>
    public static ReportTable Formats(Agreement agreement)
    {
        var format = new TextColumn("Format");
        var compared = new NumberColumn("Compared");
        var agree = new NumberColumn("Agree");
        var first = new NumberColumn("Bad for the first");
        var second = new NumberColumn("Bad for the second");
        var shape = new NumberColumn("Shape");
        var values = new NumberColumn("Values");
        var not = new NumberColumn("Not compared") { Less = true };
        foreach (FormatAgreement one in agreement.Formats)
        {
            format.Add(one.Format);
            compared.Add(one.ComparedCount);
            agree.Add(one.ComparedCount - one.DisagreementCount);
            first.Add(one.DecoderFaultCount);
            second.Add(one.AlsoFaultCount);
            shape.Add(one.ShapeDifferenceCount);
            values.Add(one.ValueDifferenceCount);
            not.Add(one.NotComparedCount);
        }

        return new ReportTable("agreement", "Two decoders", [format, compared, agree, first, second, shape, values, not])
        {
            Count = agreement.Formats.Count,
            Note = Wording.Agreement(agreement),
        };
    }

    /// <summary>The clips that the two disagree on.</summary>
    /// <param name="disagreements">The records.</param>
    /// <param name="most">Most rows.</param>
    public static ReportTable Clips(IEnumerable<Disagreement> disagreements, int most)
    {
        var clip = new TextColumn("Clip") { Opens = true };
        var line = new NumberColumn("Line") { Ascending = true };
        var kind = new ChoiceColumn("Kind");
        var format = new ChoiceColumn("Format");
        var about = new ChoiceColumn("About");
        var apart = new NumberColumn("Apart");
        var message = new SparseColumn("Message");
        int count = 0;
        foreach (Disagreement one in disagreements.Take(most))
        {
            clip.Add(one.Clip);
            line.Add(one.Line);
            kind.Add(Wording.Lower(one.Kind));
            format.Add(one.Format);
            about.Add(Wording.Lower(one.About));
            apart.Add(one.Difference);
            message.Add(count++, one.Message);
        }

        return new ReportTable("disagreements", "Where two decoders disagree", [clip, line, kind, format, about, apart, message]) { Count = count };
    }
}

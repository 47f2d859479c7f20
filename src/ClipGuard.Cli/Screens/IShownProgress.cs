using ClipGuard.Runs;

namespace ClipGuard.Cli.Screens;

/// <summary>How far something is that takes long, in the words of a screen.</summary>
internal interface IShownProgress
{
    /// <summary>From 0 to 1; null where it is not known.</summary>
    double? Fraction { get; }

    /// <summary>What is done and how fast, and when it will end, on one line.</summary>
    string Done(TimeSpan elapsed);

    /// <summary>Verdicts so far, on one line.</summary>
    string Verdicts { get; }

    /// <summary>The same as numbers, for programs: each verdict that was seen.</summary>
    IReadOnlyDictionary<string, long> Counts { get; }

    /// <summary>What goes on for the longest time now; null where nothing does.</summary>
    RunningClip? Longest { get; }
}

namespace ClipGuard.Verdicts;

/// <summary>ClipGuard's own part in verdicts.</summary>
internal static class VerdictRulesVersion
{
    /// <summary>
    /// To be raised with every change by which the same clip under the same settings gets another verdict: what is refused, what counts as damage, what is
    /// measured as whose time. Verdicts of other numbers are not used.
    /// </summary>
    public const int Version = 1;
}

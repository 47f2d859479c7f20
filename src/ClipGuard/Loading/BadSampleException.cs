namespace ClipGuard.Loading;

/// <summary>
/// The loader stopped because rows or clips gave no sample: one of them under <see cref="BadSamplePolicy.Throw"/>, or more than the budget allows.
/// </summary>
public sealed class BadSampleException : Exception
{
    /// <summary>An exception that names the faults it is about.</summary>
    /// <param name="message">What was too much, and what to change.</param>
    /// <param name="faults">The faults, the worst or the last of them where there are many.</param>
    public BadSampleException(string message, IReadOnlyList<SampleFault> faults)
        : base(message) => Faults = faults;

    /// <summary>The faults, the worst or the last of them where there are many.</summary>
    public IReadOnlyList<SampleFault> Faults { get; }
}

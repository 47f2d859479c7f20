namespace ClipGuard.Supervision;

/// <summary>
/// A decoder of somebody else's: a program that speaks the helper protocol (<c>src/ClipGuard.Media/Protocol.md</c>). It decodes the kinds of clips that its
/// greeting names; ClipGuard's own helpers decode the others.
/// </summary>
/// <param name="Program">A path, or a name that is looked for in PATH.</param>
/// <param name="Arguments">
/// The arguments without the program's name. It runs in a folder of its own; an argument that names a file of the current folder is made absolute.
/// </param>
public sealed record DecoderProgram(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// Names of further variables of this process's environment that the program sees, beside PATH, HOME, LANG, LD_LIBRARY_PATH, PYTHONPATH, VIRTUAL_ENV,
    /// CONDA_PREFIX, HF_HOME and those that end with <c>_NUM_THREADS</c>. Default none.
    /// </summary>
    public IReadOnlyList<string> PassedVariables { get; init; } = [];

    /// <summary>The command line.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program));
}

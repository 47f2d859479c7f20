using NUnit.Framework;

namespace ClipGuard.TestSupport;

/// <summary>
/// All tests of an assembly, and every process that they start, have a temporary folder of their own: what others put into the system's one
/// meanwhile is no test's leftover. Each assembly of tests derives its own from this, because NUnit looks for it there.
/// </summary>
internal abstract class AssemblyTemporaryFolder
{
    private const string Variable = "TMPDIR";

    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("clipguard-tests-");

    [OneTimeSetUp]
    public void Enter() => Environment.SetEnvironmentVariable(Variable, _folder.FullName);

    [OneTimeTearDown]
    public void Leave()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        _folder.Delete(recursive: true);
    }
}

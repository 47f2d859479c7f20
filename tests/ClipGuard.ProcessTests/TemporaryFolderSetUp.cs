using NUnit.Framework;

namespace ClipGuard.ProcessTests;

/// <summary>The temporary folder of this assembly's tests.</summary>
[SetUpFixture]
internal sealed class TemporaryFolderSetUp : AssemblyTemporaryFolder;

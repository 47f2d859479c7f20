using NUnit.Framework;

namespace ClipGuard.Tests;

/// <summary>The temporary folder of this assembly's tests.</summary>
[SetUpFixture]
internal sealed class TemporaryFolderSetUp : AssemblyTemporaryFolder;

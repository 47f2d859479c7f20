using System.Reflection;

using ClipGuard.Media;
using ClipGuard.ObjectStorage;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Layout;

/// <summary>The public API of the libraries is the one that is written down.</summary>
internal sealed class PublicApiTests
{
    [TestCase(typeof(Supervisor))]
    [TestCase(typeof(AudioSpec))]
    [TestCase(typeof(S3Fetcher))]
    [TestCase(typeof(ClipGuard.Columnar.ParquetManifest))]
    [CancelAfter(60_000)]
    public void Is_what_is_written_down(Type member) => PublicApi.AssertIsWrittenDown(Assembly.GetAssembly(member)!);
}

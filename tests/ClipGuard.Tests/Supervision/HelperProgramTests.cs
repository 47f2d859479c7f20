using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

internal sealed class HelperProgramTests
{
    [Test]
    public void It_is_found_beside_the_command_and_in_the_folder_that_the_package_lays_down()
    {
        string folder = Directory.CreateTempSubdirectory("clipguard-helper-").FullName;
        try
        {
            string missing = Assert.Throws<HelperUnavailableException>(() => HelperProgram.FindBeside(folder))!.Message;
            string beside = Path.Combine(folder, "ClipGuard.Helper");
            string packaged = Path.Combine(folder, "clipguard-helper", "ClipGuard.Helper");
            Assert.That(missing, Does.Contain(beside).And.Contain(packaged)
                .And.Contain("ClipGuard.Helper.linux-x64").And.Contain("SupervisorOptions.HelperPath"));

            File.WriteAllText(beside, string.Empty);
            Assert.That(HelperProgram.FindBeside(folder), Is.EqualTo(beside));

            Directory.CreateDirectory(Path.GetDirectoryName(packaged)!);
            File.WriteAllText(packaged, string.Empty);
            Assert.That(HelperProgram.FindBeside(folder), Is.EqualTo(packaged));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll", "/usr/share/dotnet")]
    [TestCase("/opt/train/System.Private.CoreLib.dll", null, Description = "a self-contained program")]
    [TestCase("", null, Description = "a self-contained single file")]
    [TestCase("/System.Private.CoreLib.dll", null)]
    public void Helpers_get_the_runtime_that_runs_this_program_unless_it_brings_its_own(string coreLibrary, string? root) =>
        Assert.That(HelperProgram.RuntimeRoot(coreLibrary), Is.EqualTo(root));
}

using System.CommandLine;
using System.CommandLine.Invocation;

using ClipGuard.Cli.Running;
using ClipGuard.Media.Libav;

namespace ClipGuard.Cli;

/// <summary>Answers <c>--version</c> with the name and the version, without the commit that the build adds, and with the FFmpeg that is used.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine($"clipguard {ProductVersion.Text}");
        output.WriteLine(LibavLoader.FindProblem() ?? LibavLoader.Description);
        return ExitCode.Clean;
    }
}

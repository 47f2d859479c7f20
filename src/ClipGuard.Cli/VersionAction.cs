using System.CommandLine;
using System.CommandLine.Invocation;

using ClipGuard.Cli.Running;

namespace ClipGuard.Cli;

/// <summary>Answers <c>--version</c> with the name and the version, without the commit that the build adds.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"clipguard {ProductVersion.Text}");
        return ExitCode.Clean;
    }
}

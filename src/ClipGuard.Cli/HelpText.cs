using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ClipGuard.Cli;

/// <summary>System.CommandLine's help, and what it has no place for: where else options can be given, and what the exit codes say.</summary>
internal sealed class HelpText(HelpAction standard) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = standard.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine("""
            Where options come from, strongest first:
              the command line             --audio-rate 24000
              environment variables        CLIPGUARD_AUDIO_RATE=24000; for the timeout MEDIA_DECODE_TIMEOUT too
              the file that --config names { "audioRate": 24000 }

            Exit codes:
              0 no fault · 1 faults found · 2 bad usage, configuration or manifest · 3 something missing on the machine
              70 a bug of ClipGuard's own · 130 cancelled
            """);
        return exitCode;
    }
}

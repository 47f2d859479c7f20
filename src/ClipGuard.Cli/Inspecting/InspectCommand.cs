using System.CommandLine;
using System.Text.Json;

using ClipGuard.Cli.Decoding;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Inspecting;

/// <summary><c>clipguard inspect CLIP</c>: what a clip is, what is in it, and what of it is damaged.</summary>
internal static class InspectCommand
{
    private static readonly SettingGroup Output = new("Output");

    private static readonly Setting<bool> Headers = Output.Flag("headers", "Tell what the headers say, and decode nothing.");

    private static readonly Setting<bool> Json = Output.Flag("json", "One JSON object on standard output.");

    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var clip = new Argument<string>("clip") { HelpName = "CLIP", Description = "The clip's file." };
        return new Verb(
            "inspect",
            "Looks at one clip under guard: its streams, what they promise, what is found in them, and what is damaged.",
            [clip],
            [Output, .. GuardSettings.OfInspection, ClipLimitSettings.Group],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(clip)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string clip)
    {
        SettingSources sources = invocation.Sources;
        var spec = new InspectSpec { CountFrames = !sources.Get(Headers, false) };
        bool json = sources.Get(Json, false);
        return await SingleClipDecode.DecodeAsync(invocation, clip, spec, outcome =>
        {
            if (Read(outcome, out ClipDescription? description) is { } fault)
            {
                if (!json)
                {
                    return SingleClipDecode.ShowFault(invocation.Console, clip, fault);
                }

                Console.Out.WriteLine(InspectionJson.Of(clip, fault));
                return ExitCode.FaultsFound;
            }

            Console.Out.WriteLine(json ? InspectionJson.Of(clip, description!) : InspectionText.Of(clip, description!));
            return ExitCode.Clean;
        }).ConfigureAwait(false);
    }

    // The guard has checked that there are so many bytes. What they say comes from a process that a clip may have taken over.
    private static ClipFault? Read(DecodeOutcome outcome, out ClipDescription? description)
    {
        description = null;
        if (outcome.Fault is { } fault)
        {
            return fault;
        }

        try
        {
            description = ClipDescription.Read(outcome.Payload);
            return null;
        }
        catch (JsonException error)
        {
            return new ClipFault(FaultKind.ProtocolViolated, DecodeStage.None, $"The helper's description cannot be read: {error.Message}", new PostMortem());
        }
    }
}

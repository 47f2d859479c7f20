using System.Diagnostics.CodeAnalysis;

using ClipGuard.DryRuns;

using Serilog.Core;
using Serilog.Events;

namespace ClipGuard.Cli.Logging;

/// <summary>A clip's fault as the log's lines have it. Programs read them, so the names stay, whatever the library's members are called.</summary>
internal sealed class FaultRecordDestructuringPolicy : IDestructuringPolicy
{
    /// <inheritdoc/>
    public bool TryDestructure(object value, ILogEventPropertyValueFactory propertyValueFactory, [NotNullWhen(true)] out LogEventPropertyValue? result)
    {
        if (value is not ClipFaultRecord found)
        {
            result = null;
            return false;
        }

        var members = (StructureValue)propertyValueFactory.CreatePropertyValue(
            new
            {
                found.Clip,
                found.Path,
                found.Kind,
                found.Stage,
                found.ElapsedSeconds,
                found.CpuSeconds,
                found.SinceProgressSeconds,
                found.Time,
                Packets = found.PacketCount,
                Frames = found.FrameCount,
                found.PeakMemoryBytes,
                found.Signal,
                found.ExitCode,
                Attempts = found.AttemptCount,
                found.Log,
                found.Decoder,
                found.Line,
                found.Id,
                found.Fault,
                found.Message,
            },
            destructureObjects: true);
        result = new StructureValue(members.Properties, nameof(ClipFaultRecord));
        return true;
    }
}

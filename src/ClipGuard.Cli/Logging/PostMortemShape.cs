using System.Diagnostics.CodeAnalysis;

using ClipGuard.Supervision;

using Serilog.Core;
using Serilog.Events;

namespace ClipGuard.Cli.Logging;

/// <summary>A post-mortem as the log's lines have it. Programs read them, so the names stay, whatever the library's members are called.</summary>
internal sealed class PostMortemShape : IDestructuringPolicy
{
    /// <inheritdoc/>
    public bool TryDestructure(object value, ILogEventPropertyValueFactory propertyValueFactory, [NotNullWhen(true)] out LogEventPropertyValue? result)
    {
        if (value is not PostMortem found)
        {
            result = null;
            return false;
        }

        var members = (StructureValue)propertyValueFactory.CreatePropertyValue(
            new
            {
                found.Elapsed,
                found.CpuTime,
                found.Time,
                found.MachineSteal,
                found.WasRunning,
                found.SinceProgress,
                found.BytesRead,
                Packets = found.PacketCount,
                Frames = found.FrameCount,
                found.PeakMemoryBytes,
                found.Signal,
                found.ExitCode,
                Attempts = found.AttemptCount,
                found.Log,
            },
            destructureObjects: true);
        result = new StructureValue(members.Properties, nameof(PostMortem));
        return true;
    }
}

using System.Text.Json.Serialization;

namespace ClipGuard.Media.Wire;

/// <summary>What the supervisor says to a template.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ForkCommand), "fork")]
[JsonDerivedType(typeof(ReapCommand), "reap")]
internal abstract record TemplateCommand;

/// <summary>Start a helper by forking; its standard error, socket and memory come along.</summary>
/// <param name="Id">A number that the answer repeats.</param>
/// <param name="Scratch">The folder that it is to run and write in; null where helpers of its profile have none.</param>
internal sealed record ForkCommand(
    long Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Scratch = null) : TemplateCommand;

/// <summary>A helper that was forked has ended: wait for it, so that its process id is free.</summary>
/// <param name="Pid">Its process id.</param>
internal sealed record ReapCommand(int Pid) : TemplateCommand;

/// <summary>A helper was forked.</summary>
/// <param name="Id">The order's number.</param>
/// <param name="Pid">Its process id.</param>
internal sealed record ForkedMessage(long Id, int Pid) : HelperMessage;

/// <summary>No helper could be forked.</summary>
/// <param name="Id">The order's number.</param>
/// <param name="Message">Why not, for a person.</param>
internal sealed record ForkFailedMessage(long Id, string Message) : HelperMessage;

/// <summary>A helper that was forked has been waited for.</summary>
/// <param name="Pid">Its process id, which may be another's from now on.</param>
/// <param name="Status">How it ended, as wait(2) has it.</param>
internal sealed record ReapedMessage(int Pid, int Status) : HelperMessage;

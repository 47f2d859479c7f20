using ClipGuard.Helper.Sandbox;
using ClipGuard.Media.Wire;
using ClipGuard.MisbehavingHelper;

// A helper that speaks the protocol badly on request. How it starts is its first argument; how it decodes is the name of the clip.
// As a tool it speaks no protocol at all: it reads streams in ways that are its second argument.
if (args is ["tool", { } how, .. { } paths])
{
    return MisbehavingTool.Run(how, paths);
}

ParentDeath.EndWithParent();
using var connection = new HelperConnection();
bool streams = args is [.., "stream"];
MisbehavingStart.Run(args.Length > 0 && args[0] != "stream" ? args[0] : "well", connection, streams);
if (streams)
{
    new MisbehavingStream(connection).Play();
    return 0;
}

var script = new MisbehavingDecode(connection);
while (connection.Receive() is { } message)
{
    script.Play(message);
}

return 0;
